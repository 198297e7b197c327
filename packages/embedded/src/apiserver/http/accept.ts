import { parse } from "content-type";

/** One media range of an `Accept` header. */
export interface AcceptClause {
  /** Lower case. Either half may be a `*`. */
  readonly type: string;
  readonly quality: number;
  readonly parameters: Readonly<Record<string, string>>;
}

export type Transform = "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";

/** How an object is to be written. */
export interface MediaChoice {
  readonly format: "json" | "yaml";
  readonly transform?: Transform | undefined;
  readonly pretty: boolean;
}

const FORMATS = [
  ["application/json", "json"],
  ["application/yaml", "yaml"],
] as const;

/** What we write, in the words of Kubernetes' 406. */
export const WRITTEN_MEDIA_TYPES = FORMATS.map(([type]) => type).join(", ");

/** Most preferred first. A range that cannot be parsed is left out, as Kubernetes does; an absent header accepts everything. */
export function parseAccept(header: string | undefined): readonly AcceptClause[] {
  if (header === undefined || header.trim() === "") return [{ type: "*/*", quality: 1, parameters: {} }];
  const clauses: AcceptClause[] = [];
  for (let start = 0; start < header.length; start++) {
    const { type, parameters, index } = parse(header, { comma: true, start });
    start = index;
    if (!type.includes("/")) continue;
    const quality = parameters.q === undefined ? 1 : Number(parameters.q);
    if (quality > 0) clauses.push({ type, quality, parameters });
  }
  // `sort` is stable: among equals the order of the header decides, and a named type goes before a wildcard.
  return clauses.sort((a, b) => b.quality - a.quality || wildcards(a.type) - wildcards(b.type));
}

/**
 * The first clause that can be honoured, or undefined (406). A clause that asks for a transformation which is not offered here
 * is passed over, so `…;as=Table,application/json` falls back to plain JSON.
 * Source: apiserver endpoints/handlers/negotiation/negotiate.go.
 */
export function negotiate(clauses: readonly AcceptClause[], offered: readonly Transform[]): MediaChoice | undefined {
  for (const { type, parameters } of clauses) {
    const format = FORMATS.find(([offer]) => matches(type, offer))?.[1];
    if (format === undefined || parameters.stream !== undefined) continue;
    const pretty = parameters.pretty === "1" || parameters.pretty === "true";
    if (parameters.as === undefined) return { format, pretty };
    const transform = offered.find((name) => name === parameters.as);
    if (transform !== undefined && parameters.g === "meta.k8s.io" && parameters.v === "v1") {
      return { format, transform, pretty };
    }
  }
  return undefined;
}

/** Whether the media range `type` covers `offer`. */
export function matches(type: string, offer: string): boolean {
  return type === "*/*" || type === offer || (type.endsWith("/*") && offer.startsWith(type.slice(0, -1)));
}

function wildcards(type: string): number {
  if (type === "*/*") return 2;
  return type.endsWith("/*") ? 1 : 0;
}
