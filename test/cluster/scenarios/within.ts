/** Runs `work` with a signal that aborts after `ms` at the latest. */
export async function within<T>(
  ms: number,
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.timeout: inside AbortSignal.any, Node 20 collects it before it fires (nodejs/node#57736).
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`not done within ${ms / 1000} s`)), ms);
  try {
    return await work(AbortSignal.any([caller, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
