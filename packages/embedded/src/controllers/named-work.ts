import { createWorkQueue, type WorkQueue } from "../queue/work-queue.js";

/** Does named pieces of work one after another, and again after a failure. */
export class NamedWork {
  readonly #work = new Map<string, () => Promise<void>>();
  readonly #queue: WorkQueue = createWorkQueue({
    // What one piece commits is the next one's state.
    concurrency: 1,
    work: (name) => this.#do(name),
    // Whatever went wrong (a conflict, a full disk), the next look at the objects decides anew.
    onFailure: () => undefined,
    firstDelayMs: 50,
    maxDelayMs: 5_000,
  });

  /** Adding a name again while it waits changes nothing but the work; while it runs, it runs once more afterwards. */
  add(name: string, work: () => Promise<void>): void {
    this.#work.set(name, work);
    this.#queue.add(name);
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  async #do(name: string): Promise<void> {
    const work = this.#work.get(name);
    await work?.();
    // Only after success, and only if no other work took the name meanwhile.
    if (this.#work.get(name) === work) this.#work.delete(name);
  }
}
