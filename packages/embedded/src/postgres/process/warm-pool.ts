import { randomUUID } from "node:crypto";
import { readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAbsent } from "./durable-file.js";
import { type InstanceFacts, instanceIn, readFacts } from "./instance.js";
import { discardInstance, makeInstance } from "./make-instance.js";
import type { RuntimeContext } from "./runtime-context.js";

/** Data directories copied ahead of time. A claim takes one by a rename, so two claims never get the same. */
export class WarmPool {
  readonly #context: RuntimeContext;
  #wanted = 0;
  #ready: string[] = [];
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor(context: RuntimeContext) {
    this.#context = context;
  }

  /** Takes over what an earlier process prepared; drops what another build of PostgreSQL or another user made. */
  async recover(): Promise<void> {
    const { directories, binaries, user } = this.#context;
    for (const name of await readdir(directories.warm)) {
      const home = join(directories.warm, name);
      const found = instanceIn("", home);
      const facts = await readFacts(found);
      const owner = await stat(found.data).catch(() => undefined);
      if (facts?.build === binaries.build && owner?.uid === user.uid) this.#ready.push(home);
      else await discardInstance(this.#context, home);
    }
  }

  /** Moves a copy to `destination`, or answers undefined when there is none. */
  async claim(destination: string): Promise<InstanceFacts | undefined> {
    for (;;) {
      const home = this.#ready.pop();
      if (home === undefined) return undefined;
      try {
        await rename(home, destination);
      } catch (error) {
        if (isAbsent(error)) continue;
        throw error;
      }
      return readFacts(instanceIn("", destination));
    }
  }

  /** Resolves when `count` copies are ready. */
  async keep(count: number): Promise<void> {
    this.#wanted = count;
    await this.refill();
  }

  /** Makes what is missing, one after another, at the lowest priority. */
  async refill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    await this.#filling;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#filling?.catch(() => undefined);
  }

  async #fill(): Promise<void> {
    while (!this.#closed && this.#ready.length < this.#wanted) {
      const home = join(this.#context.directories.warm, randomUUID());
      await makeInstance(this.#context, home, { ahead: true });
      this.#ready.push(home);
    }
  }
}
