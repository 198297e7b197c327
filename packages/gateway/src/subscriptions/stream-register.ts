import { TenantryError } from "@tenantry/sdk";

/** The streams that run now: bounded in number, and ended together when the gateway stops. */
export class StreamRegister {
  readonly #limit: number;
  readonly #endings = new Map<symbol, () => void>();
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#endings.size;
  }

  /**
   * @param end - called once if the gateway stops before the stream does.
   * @returns what to call when the stream is over.
   * @throws TenantryError `resource_exhausted` at the limit, `unavailable` while stopping.
   */
  enter(end: () => void): () => void {
    if (this.#closed) throw new TenantryError("unavailable", "the gateway is stopping");
    if (this.#endings.size >= this.#limit) {
      throw new TenantryError("resource_exhausted", "too many streams are open; try again later");
    }
    const key = Symbol();
    this.#endings.set(key, end);
    return () => this.#endings.delete(key);
  }

  endAll(): void {
    this.#closed = true;
    for (const end of this.#endings.values()) end();
  }
}
