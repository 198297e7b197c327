import type { CallOptions } from "../call-options.js";

export interface WriteClusterOptions extends CallOptions {
  /**
   * Makes a repetition harmless: a second `create` with the same key and the same spec returns the first one's cluster. 1 to 128 printable ASCII
   * characters.
   */
  readonly idempotencyKey?: string | undefined;
  /** Called for each warning of the API server or the operator, such as a deprecated field. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

export interface ApplyClusterOptions extends CallOptions {
  /** Take fields that another field manager owns. Otherwise they make the call fail with `conflict`. */
  readonly force?: boolean | undefined;
  readonly onWarning?: ((text: string) => void) | undefined;
}
