import { statfs } from "node:fs/promises";
import pg from "pg";
import { type AdministrationAddress, openSession } from "./administration.js";
import { copyLater } from "./copy-template.js";
import type { Instance } from "./instance.js";
import type { RuntimeContext } from "./runtime-context.js";
import { SYSTEM_DATABASES } from "./template.js";

/** Databases that a server is used without for a moment, and one that is there. */
export interface Late {
  readonly later: readonly string[];
  readonly through: string;
}

/** Several times what the system's databases take. With less, a disk may turn out to be full after the server was called ready. */
const ENOUGH_BYTES = 128 * 1024 * 1024;

/** Whether databases may be left to arrive behind a server that is in use already. */
export async function hasRoomForLater(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize > ENOUGH_BYTES;
}

/** Copies the system's databases to a server that is in use already. What a kill cuts short is done by the next process. */
export class ArrivingDatabases {
  readonly #context: RuntimeContext;
  readonly #instance: Instance;
  readonly #onFailure: () => void;
  readonly #abort = new AbortController();
  #done: Promise<void> | undefined;

  constructor(context: RuntimeContext, instance: Instance, onFailure: () => void) {
    this.#context = context;
    this.#instance = instance;
    this.#onFailure = onFailure;
  }

  /** Resolves as soon as whoever asks for one of them waits for it; {@link done} tells the end. */
  async start(server: AdministrationAddress, late: Late): Promise<void> {
    if (late.later.length === 0) return;
    const release = await holdDatabases(server, late);
    const { template, user, logger } = this.#context;
    this.#done = copyLater(template, this.#instance, user, { signal: this.#abort.signal })
      .catch((error: unknown) => {
        if (this.#abort.signal.aborted) return;
        logger?.warn({ id: this.#instance.id, err: error }, "databases of the system could not be copied");
        this.#onFailure();
      })
      .finally(release);
  }

  /** Never rejects. */
  async done(): Promise<void> {
    await this.#done;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }
}

/**
 * Lets whoever connects to one of the databases, or copies one by CREATE DATABASE, wait until they are released, instead of finding no
 * files there: a renaming that is not committed holds the lock that both ask for, and is rolled back in the end.
 * Source: RenameDatabase and createdb in src/backend/commands/dbcommands.c.
 * @returns how to release them.
 */
async function holdDatabases(address: AdministrationAddress, { later, through }: Late): Promise<() => Promise<void>> {
  const client = await openSession(address, through);
  // The end of the session rolls back, and so does that of the server.
  const release = (): Promise<void> => client.end().catch(() => undefined);
  try {
    await client.query("BEGIN");
    for (const oid of later) {
      const name = pg.escapeIdentifier(SYSTEM_DATABASES.get(oid) ?? "");
      await client.query(`ALTER DATABASE ${name} RENAME TO ${pg.escapeIdentifier(`arriving_${oid}`)}`);
    }
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}
