import type { Resource } from "@tenantry/sdk";
import { noSuchResource } from "./object/failures.js";
import type { ResourceDefinition } from "./resource-definition.js";
import type { ServedKind } from "./served-kind.js";

/** The kinds served now: the built-in ones and those of the custom resource definitions. */
export class KindRegistry {
  readonly #kinds = new Map<string, ServedKind>();
  /** Keys of {@link #kinds} by the definition that brought them. */
  readonly #custom = new Map<string, readonly string[]>();
  #definitions: readonly ResourceDefinition[] | undefined;

  addBuiltIn(kind: ServedKind): void {
    this.#kinds.set(keyOfResource(kind.definition.resource), kind);
    this.#definitions = undefined;
  }

  /** Replaces what the named definition brought before. */
  setCustom(name: string, kinds: readonly ServedKind[]): void {
    for (const key of this.#custom.get(name) ?? []) this.#kinds.delete(key);
    this.#custom.delete(name);
    for (const kind of kinds) this.#kinds.set(keyOfResource(kind.definition.resource), kind);
    if (kinds.length > 0) {
      this.#custom.set(
        name,
        kinds.map((kind) => keyOfResource(kind.definition.resource)),
      );
    }
    this.#definitions = undefined;
  }

  find({ group, version, plural }: Pick<Resource, "group" | "version" | "plural">): ServedKind | undefined {
    return this.#kinds.get(keyOfResource({ group, version, plural }));
  }

  /** The kind that a call names, or the 404 that Kubernetes answers. */
  require(resource: Resource): ServedKind {
    const kind = this.find(resource);
    if (kind === undefined) throw noSuchResource();
    return kind;
  }

  /** A kind as an owner reference names it. */
  findByKind(apiVersion: string, kindName: string): ServedKind | undefined {
    for (const kind of this.#kinds.values()) {
      const { group, version, kind: name } = kind.definition.resource;
      if (name === kindName && (group === "" ? version : `${group}/${version}`) === apiVersion) return kind;
    }
    return undefined;
  }

  all(): readonly ServedKind[] {
    return [...this.#kinds.values()];
  }

  definitions(): readonly ResourceDefinition[] {
    this.#definitions ??= this.all().map((kind) => kind.definition);
    return this.#definitions;
  }
}

function keyOfResource({ group, version, plural }: Pick<Resource, "group" | "version" | "plural">): string {
  return `${group}/${version}/${plural}`;
}
