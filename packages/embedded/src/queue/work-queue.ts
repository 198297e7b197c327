/**
 * Runs `work` for keys: one run a key at a time, several keys at once. A key added while it waits is run once, added while it runs is run
 * once more. A run that fails is repeated, later each time, until it succeeds or the key is added again. The semantics are those of
 * client-go's util/workqueue.
 */
export interface WorkQueue {
  add(key: string): void;
  /** Adds the key later. An earlier date for the same key wins. */
  addAfter(key: string, delayMs: number): void;
  /** Takes nothing more and waits for what runs. */
  close(): Promise<void>;
}

export interface WorkQueueOptions {
  readonly concurrency: number;
  readonly work: (key: string) => Promise<void>;
  readonly onFailure: (key: string, error: unknown) => void;
  /** Before the first repetition; doubles up to {@link WorkQueueOptions.maxDelayMs}. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export function createWorkQueue({
  concurrency,
  work,
  onFailure,
  firstDelayMs,
  maxDelayMs,
}: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  let closed = false;

  function dispatch(): void {
    for (const key of waiting) {
      if (closed || running.size >= concurrency) return;
      if (running.has(key)) continue;
      waiting.delete(key);
      running.set(key, run(key));
    }
  }

  async function run(key: string): Promise<void> {
    try {
      await work(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      addAfter(key, Math.min(maxDelayMs, firstDelayMs * 2 ** (count - 1)));
      try {
        onFailure(key, error);
      } catch {
        // Telling of a failure must not stop the queue.
      }
    } finally {
      running.delete(key);
      dispatch();
    }
  }

  function add(key: string): void {
    if (closed) return;
    clearTimeout(timers.get(key)?.timer);
    timers.delete(key);
    waiting.add(key);
    // In a turn of its own: `work` must not start before `running` knows of it.
    queueMicrotask(dispatch);
  }

  function addAfter(key: string, delayMs: number): void {
    if (closed) return;
    const at = performance.now() + delayMs;
    const present = timers.get(key);
    if (present !== undefined && present.at <= at) return;
    clearTimeout(present?.timer);
    const timer = setTimeout(() => add(key), delayMs);
    timer.unref();
    timers.set(key, { at, timer });
  }

  return {
    add,
    addAfter,
    async close() {
      closed = true;
      waiting.clear();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(running.values());
    },
  };
}
