/**
 * Runs a generator that ends at once when its consumer leaves, even while it waits for its next value: `return()` of a plain
 * async generator is queued behind the pending `next()`, so a subscription nobody reads any more would keep its watch open
 * until the next event. The signal handed to `start` aborts on `return()` and on the caller's own abort.
 */
export function abortOnReturn<T>(
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterableIterator<T, void, undefined> {
  const leaving = new AbortController();
  const forward = () => leaving.abort(signal?.reason);
  if (signal?.aborted === true) forward();
  else signal?.addEventListener("abort", forward, { once: true });
  const values = start(leaving.signal);
  let left = false;
  const leave = async () => {
    left = true;
    signal?.removeEventListener("abort", forward);
    leaving.abort();
    await values.return();
  };
  return {
    async next() {
      let result: IteratorResult<T, void>;
      try {
        result = await values.next();
      } catch (error) {
        if (left) return { done: true, value: undefined }; // only told to stop
        await leave();
        throw error;
      }
      if (result.done === true) await leave();
      return result;
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
