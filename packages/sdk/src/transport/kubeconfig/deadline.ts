/** A signal that fires on the caller's abort, with its reason, or when time is up, with an error of ours. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the time again. */
  restart(ms: number): void;
  stop(): void;
}

export function startDeadline(ms: number, caller: AbortSignal | undefined, lateError: () => Error): Deadline {
  const controller = new AbortController();
  const forward = () => controller.abort(caller?.reason);
  const start = (delayMs: number) => setTimeout(() => controller.abort(lateError()), delayMs);
  if (caller?.aborted === true) forward();
  else caller?.addEventListener("abort", forward, { once: true });
  let timer = start(ms);
  return {
    signal: controller.signal,
    restart(delayMs) {
      clearTimeout(timer);
      timer = start(delayMs);
    },
    stop() {
      clearTimeout(timer);
      caller?.removeEventListener("abort", forward);
    },
  };
}

/** Stops waiting, not the work: a credential plugin cannot be called back. */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw signal.reason;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener("abort", abort);
  }
}
