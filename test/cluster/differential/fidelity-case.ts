/** One promise of the Kubernetes API, as a script that is put to the real API server and to the embedded one. */
export interface FidelityCase {
  /** Of the catalogue of API behaviour that this project works from. Several cases may share one. */
  readonly number: `F${number}`;
  readonly title: string;
  /** Sent in this order. Texts may hold `<<ns>>`, a namespace of the case's own, and `<<0.metadata.uid>>`, a value of the answer to request 0 (`<<0.@>>`: all of it). */
  readonly requests: readonly ScriptedRequest[];
  /** Why the embedded server is allowed to differ. Absent: a difference is a bug. */
  readonly limit?: string | undefined;
}

export interface ScriptedRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Sent as it is when it is a text, else as JSON. */
  readonly body?: unknown;
  /** `application/json` for a body, when absent. */
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whose token is sent. The administrator's when absent. */
  readonly as?: "admin" | "stranger" | "nobody" | "forger" | undefined;
  /** For a watch: how many events to wait for. */
  readonly events?: number | undefined;
  /** Repeats the request, for a while, until the answer is so: for what controllers do in their own time. */
  readonly until?: Settled | undefined;
  /** Compares these values of the body alone. All of it when absent. */
  readonly only?: readonly string[] | undefined;
  /** Headers to compare beyond the usual ones. */
  readonly headersToo?: readonly string[] | undefined;
}

/** An HTTP status, or a value of the body. */
export type Settled = { readonly status: number } | { readonly path: string; readonly equals: unknown };
