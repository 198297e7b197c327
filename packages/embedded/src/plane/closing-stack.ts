/**
 * What has been started, to be stopped in the opposite order. `close` may be called from several places: the work is done once, and
 * one part that fails to stop does not keep the others running.
 */
export class ClosingStack {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #closed: Promise<void> | undefined;

  push(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** @throws AggregateError of everything that did not stop, after all of it was tried. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, "several parts did not stop");
  }
}
