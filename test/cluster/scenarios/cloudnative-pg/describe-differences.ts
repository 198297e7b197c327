import type { KubernetesObject } from "@tenantry/sdk";
import type { Generated } from "./generates-objects.js";

/** Where two operators' objects for one cluster differ in what a client can see: names, types, keys, labels, annotations. No value of a Secret. */
export function describeDifferences(real: Generated, embedded: Generated): readonly string[] {
  return [
    ...pairs("Secret", real.secrets, embedded.secrets, (secret) => ({
      type: secret.type,
      keys: Object.keys(secret.data ?? {}).sort(),
      ...metadataOf(secret),
    })),
    ...pairs("Service", real.services, embedded.services, (service) => ({
      spec: specWithoutAddress(service),
      ...metadataOf(service),
    })),
    ...compare("Cluster spec", leavesOf(real.spec), leavesOf(embedded.spec)),
    ...compare(
      "Cluster status",
      { fields: Object.keys(real.status).sort() },
      { fields: Object.keys(embedded.status).sort() },
    ),
  ];
}

function pairs<T extends KubernetesObject>(
  kind: string,
  real: readonly T[],
  embedded: readonly T[],
  visible: (object: T) => Readonly<Record<string, unknown>>,
): readonly string[] {
  const byName = (objects: readonly T[]) => new Map(objects.map((object) => [object.metadata.name ?? "", object]));
  const [theirs, ours] = [byName(real), byName(embedded)];
  return [...new Set([...theirs.keys(), ...ours.keys()])].sort().flatMap((name) => {
    const [a, b] = [theirs.get(name), ours.get(name)];
    if (a === undefined) return [`difference, ${kind} ${name}: only the embedded operator makes it`];
    if (b === undefined) return [`difference, ${kind} ${name}: only the real operator makes it`];
    return compare(`${kind} ${name}`, visible(a), visible(b));
  });
}

function compare(
  what: string,
  real: Readonly<Record<string, unknown>>,
  embedded: Readonly<Record<string, unknown>>,
): readonly string[] {
  return [...new Set([...Object.keys(real), ...Object.keys(embedded)])].flatMap((key) => {
    const [a, b] = [JSON.stringify(real[key]), JSON.stringify(embedded[key])];
    return a === b ? [] : [`difference, ${what}, ${key}: real ${a}, embedded ${b}`];
  });
}

/** `{ a: { b: 1 } }` as `{ "a.b": 1 }`. */
function leavesOf(value: unknown, path = ""): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { [path]: value };
  const entries = Object.entries(value).map(([key, inner]) => leavesOf(inner, path === "" ? key : `${path}.${key}`));
  return Object.assign({}, ...entries) as Readonly<Record<string, unknown>>;
}

function metadataOf({ metadata }: KubernetesObject) {
  const { labels = {}, annotations = {}, ownerReferences = [], finalizers = [] } = metadata;
  return {
    labels: sorted(labels),
    annotations: sorted(annotations),
    ownerReferences: ownerReferences.map(({ uid: _, ...reference }) => sorted(reference)),
    finalizers,
  };
}

function specWithoutAddress(service: KubernetesObject): unknown {
  const { spec = {} } = service as KubernetesObject & { readonly spec?: Readonly<Record<string, unknown>> };
  const { clusterIP: _, clusterIPs: __, ...rest } = spec;
  return sorted(rest);
}

function sorted(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
