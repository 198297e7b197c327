const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
const MICRO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g;
/** Source: apimachinery pkg/util/rand, the alphabet of generated names. */
const GENERATED = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/**
 * Replaces what no two servers can agree on: uids, times, versions, tokens, random suffixes. What stands for the same value keeps the
 * same replacement through a whole case, so that "the same version as before" still shows.
 */
export class Normaliser {
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  normalise(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.normalise(item));
    if (typeof value !== "object" || value === null) return value;
    const members = sorted(value as Members);
    return Object.fromEntries(
      Object.entries(members).map(([key, member]) => [this.text(key), this.#member(members, key, member)]),
    );
  }

  text(text: string): string {
    return text
      .replace(UUID, (uid) => labelOf(this.#uids, uid, "uid"))
      .replace(MICRO_TIME, "<microseconds>")
      .replace(TIME, "<time>")
      .replace(/\bcurrent: \d+/g, "current: <version>")
      .replace(/(ResourceVersion in record \()\d+/g, "$1<version>")
      .replace(/(too old resource version: )\d+ \(\d+\)/g, "$1<version> (<version>)")
      .replace(/\bhash=[0-9A-F]+/g, "hash=<hash>");
  }

  #member(owner: Members, key: string, member: unknown): unknown {
    if (typeof member !== "string") return this.normalise(member);
    if (key === "continue" && member !== "") return "<continue>";
    // A list, or a bookmark, may be newer than the last change that the script made: controllers write as well.
    if (key === "resourceVersion" && isOneObject(owner)) return labelOf(this.#versions, member, "version");
    if (key === "resourceVersion" && /^\d+$/.test(member)) return "<version>";
    if (key === "name" && isGenerated(owner, member)) return `${String(owner.generateName)}<random>`;
    return this.text(member);
  }
}

/** Causes that come from maps are in no order, and the message repeats them. */
function sorted(value: Members): Members {
  const { causes } = (value.details ?? {}) as { causes?: unknown };
  if (value.kind !== "Status" || !Array.isArray(causes) || causes.length < 2) return value;
  const ordered = causes.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const list = (all: readonly unknown[]) => `[${[...new Set(all.map(textOf))].join(", ")}]`;
  const message = String(value.message).replace(list(causes), () => list(ordered));
  return { ...value, message, details: { ...(value.details as Members), causes: ordered } };
}

/** A cause as the message of an invalid object tells it. */
function textOf(cause: unknown): string {
  const { field = "", message = "" } = cause as { field?: string; message?: string };
  return `${field}: ${message}`;
}

type Members = Readonly<Record<string, unknown>>;

const isOneObject = (metadata: Members) => metadata.uid !== undefined;

function isGenerated({ generateName }: Members, name: string): boolean {
  return (
    typeof generateName === "string" && name.startsWith(generateName) && GENERATED.test(name.slice(generateName.length))
  );
}

function labelOf(labels: Map<string, string>, value: string, word: string): string {
  const known = labels.get(value);
  if (known !== undefined) return known;
  const label = `<${word} ${labels.size + 1}>`;
  labels.set(value, label);
  return label;
}
