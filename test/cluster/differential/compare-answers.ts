import type { Answer } from "./run-case.js";

export interface Difference {
  /** Position in the script, from 0. */
  readonly request: number;
  /** `status`, `headers.content-type`, `body.metadata.name`. */
  readonly where: string;
  /** JSON, or an outcome in words; undefined where there is nothing. */
  readonly real: string | undefined;
  readonly embedded: string | undefined;
}

/** Every place where the answers to one script differ. The order of members means nothing, the order of items does. */
export function compareAnswers(real: readonly Answer[], embedded: readonly Answer[]): Difference[] {
  const requests = Math.max(real.length, embedded.length);
  return Array.from({ length: requests }, (_, request) =>
    compareOne(real[request], embedded[request]).map((place) => ({ request, ...place })),
  ).flat();
}

/** Where one server accepts and the other refuses, nothing else that they say can be compared. */
function compareOne(real: Answer | undefined, embedded: Answer | undefined): Place[] {
  if (real?.status === embedded?.status) return differences("", real, embedded);
  return [{ where: "status", real: outcomeOf(real), embedded: outcomeOf(embedded) }];
}

function outcomeOf(answer: Answer | undefined): string {
  if (answer === undefined) return "not asked";
  const { message } = (answer.body ?? {}) as { message?: unknown };
  return typeof message === "string" ? `${answer.status} ${message}` : String(answer.status);
}

type Place = Omit<Difference, "request">;

function differences(where: string, real: unknown, embedded: unknown): Place[] {
  if (isContainer(real) && isContainer(embedded) && Array.isArray(real) === Array.isArray(embedded)) {
    const keys = new Set([...Object.keys(real), ...Object.keys(embedded)]);
    return [...keys].flatMap((key) => differences(where === "" ? key : `${where}.${key}`, real[key], embedded[key]));
  }
  const [ofReal, ofEmbedded] = [JSON.stringify(real), JSON.stringify(embedded)];
  return ofReal === ofEmbedded ? [] : [{ where, real: ofReal, embedded: ofEmbedded }];
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
