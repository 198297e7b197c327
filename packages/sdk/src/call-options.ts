/** Common to every call. */
export interface CallOptions {
  /** Stops the waiting, not the operator: what was accepted goes on. The call rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}
