/**
 * A signal that fires on the caller's abort, with its reason, or when time is up, with an error of ours. By hand, because on Node 20 a signal
 * that AbortSignal.any made of AbortSignal.timeout may be forgotten before its time (nodejs/node#57736), and one that it made of a signal that
 * lives on never is (nodejs/node#55351).
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether time, not the caller, fired it. */
  hasPassed(): boolean;
  /** Starts the time again. */
  restart(ms: number): void;
  stop(): void;
}

export function startDeadline(ms: number, caller: AbortSignal | undefined, lateError: () => Error): Deadline {
  const controller = new AbortController();
  const forward = () => controller.abort(caller?.reason);
  let passed = false;
  const start = (delayMs: number) =>
    setTimeout(() => {
      if (controller.signal.aborted) return;
      passed = true;
      controller.abort(lateError());
    }, delayMs);
  if (caller?.aborted === true) forward();
  else caller?.addEventListener("abort", forward, { once: true });
  let timer = start(ms);
  return {
    signal: controller.signal,
    hasPassed: () => passed,
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
