import { isRecord, type JsonRecord, setOwn } from "../object/api-object.js";

/**
 * A set of fields of an object, as a tree of path elements in their FieldsV1 form: `f:name`, `k:{"name":"a"}`, `v:"x"`.
 * Source: sigs.k8s.io/structured-merge-diff/fieldpath.
 */
export class FieldSet {
  /** The path to here is in the set. */
  isMember = false;
  readonly children = new Map<string, FieldSet>();

  get isEmpty(): boolean {
    return !this.isMember && this.children.size === 0;
  }

  insert(path: readonly string[]): void {
    let node: FieldSet = this;
    for (const element of path) node = node.child(element);
    node.isMember = true;
  }

  child(element: string): FieldSet {
    let found = this.children.get(element);
    if (found === undefined) {
      found = new FieldSet();
      this.children.set(element, found);
    }
    return found;
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember || other.isMember;
    for (const element of new Set([...this.children.keys(), ...other.children.keys()])) {
      const empty = new FieldSet();
      const merged = (this.children.get(element) ?? empty).union(other.children.get(element) ?? empty);
      if (!merged.isEmpty) result.children.set(element, merged);
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    return this.#filter(other, true);
  }

  difference(other: FieldSet): FieldSet {
    return this.#filter(other, false);
  }

  /** Every path in the set, in order. */
  paths(): readonly (readonly string[])[] {
    const found: (readonly string[])[] = [];
    this.#collect([], found);
    return found;
  }

  toFieldsV1(): JsonRecord {
    const result: JsonRecord = {};
    if (this.isMember && this.children.size > 0) result["."] = {};
    for (const element of [...this.children.keys()].sort())
      setOwn(result, element, this.children.get(element)?.toFieldsV1());
    return result;
  }

  static fromFieldsV1(fields: unknown): FieldSet {
    const set = new FieldSet();
    if (!isRecord(fields)) return set;
    for (const [element, inner] of Object.entries(fields)) {
      if (element === ".") set.isMember = true;
      else set.children.set(element, FieldSet.#nodeFrom(inner));
    }
    return set;
  }

  static #nodeFrom(fields: unknown): FieldSet {
    const node = FieldSet.fromFieldsV1(fields);
    if (node.children.size === 0) node.isMember = true;
    return node;
  }

  #filter(other: FieldSet, keepsCommon: boolean): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember && other.isMember === keepsCommon;
    for (const [element, node] of this.children) {
      const filtered = node.#filter(other.children.get(element) ?? new FieldSet(), keepsCommon);
      if (!filtered.isEmpty) result.children.set(element, filtered);
    }
    return result;
  }

  #collect(path: readonly string[], found: (readonly string[])[]): void {
    if (this.isMember) found.push(path);
    for (const element of [...this.children.keys()].sort()) {
      const child = this.children.get(element);
      if (child !== undefined) child.#collect([...path, element], found);
    }
  }
}

/** A path as messages print it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join("");
}

function printElement(element: string): string {
  if (element.startsWith("v:")) return `[=${element.slice(2)}]`;
  if (!element.startsWith("k:")) return `.${element.slice(2)}`;
  const key = JSON.parse(element.slice(2)) as JsonRecord;
  const pairs = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${pairs.join(",")}]`;
}
