import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { TenantryError } from "@tenantry/sdk";
import Database from "libsql";
import type { LoggedChange, RevisionLogContents } from "./revision-log.js";

// Source of the pragmas: https://www.sqlite.org/pragma.html. EXCLUSIVE keeps the operating system's lock from the first access to
// the end of the process; FULL syncs the write-ahead log in every commit.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS value (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    previous TEXT, previous_revision INTEGER NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS change_revision ON change (revision);
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO counter VALUES ('format', 1), ('revision', 1), ('compacted', 1);
`;
const FORMAT = 1;

interface ChangeRow {
  readonly revision: number;
  readonly type: "put" | "delete";
  readonly key: string;
  readonly value: string;
  readonly previous: string | null;
  readonly previous_revision: number;
  readonly at: number;
}

/** The file behind a store: present values, history and two counters, written in one transaction a batch. */
export class SqliteJournal {
  readonly #database: InstanceType<typeof Database>;
  readonly #path: string;

  private constructor(database: InstanceType<typeof Database>, path: string) {
    this.#database = database;
    this.#path = path;
  }

  static open(path: string, maxSizeBytes?: number): SqliteJournal {
    let database: InstanceType<typeof Database> | undefined;
    try {
      // The file holds Secrets. SQLite gives its write-ahead log the mode of the file.
      closeSync(openSync(path, "a", 0o600));
      database = new Database(path, { timeout: 0 });
      database.pragma("locking_mode = EXCLUSIVE");
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
      if (maxSizeBytes !== undefined) database.pragma(`max_page_count = ${Math.ceil(maxSizeBytes / PAGE_BYTES)}`);
      const journal = new SqliteJournal(database, path);
      journal.#checkFormat();
      return journal;
    } catch (error) {
      database?.close();
      throw toTenantryError(error, path);
    }
  }

  load(): RevisionLogContents {
    try {
      const values = this.#database.prepare("SELECT key, value, revision FROM value").all();
      const changes = this.#database.prepare("SELECT * FROM change ORDER BY id").all() as ChangeRow[];
      return {
        values: values as RevisionLogContents["values"],
        changes: changes.map(({ previous, previous_revision, ...row }) => ({
          ...row,
          previous: previous ?? undefined,
          previousRevision: previous_revision,
        })),
        revision: this.#counter("revision"),
        compacted: this.#counter("compacted"),
      };
    } catch (error) {
      throw toTenantryError(error, this.#path);
    }
  }

  write(changes: readonly LoggedChange[], revision: number): void {
    this.#transaction(() => {
      const put = this.#database.prepare("INSERT OR REPLACE INTO value VALUES (?, ?, ?)");
      const remove = this.#database.prepare("DELETE FROM value WHERE key = ?");
      const log = this.#database.prepare(
        "INSERT INTO change (revision, type, key, value, previous, previous_revision, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      );
      for (const change of changes) {
        const { type, key, value, previous, previousRevision, at } = change;
        if (type === "put") put.run(key, value, change.revision);
        else remove.run(key);
        log.run(change.revision, type, key, value, previous ?? null, previousRevision, at);
      }
      this.#database.prepare("UPDATE counter SET number = ? WHERE name = 'revision'").run(revision);
    });
  }

  compact(revision: number): void {
    this.#transaction(() => {
      this.#database.prepare("DELETE FROM change WHERE revision <= ?").run(revision);
      this.#database.prepare("UPDATE counter SET number = ? WHERE name = 'compacted'").run(revision);
    });
  }

  close(): void {
    try {
      // libsql finalizes statements when they are collected, and the lock stays until then. So it is given back by hand; SQLite
      // allows that only outside WAL mode (https://www.sqlite.org/wal.html, section 8). This also folds the log into the file.
      this.#database.pragma("journal_mode = DELETE");
      this.#database.pragma("locking_mode = NORMAL");
      this.#counter("revision");
    } finally {
      this.#database.close();
    }
  }

  #transaction(work: () => void): void {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      try {
        if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      } catch {
        // SQLite rolls back by itself on most failures; the first error is the one to tell.
      }
      throw toTenantryError(error, this.#path);
    }
  }

  #counter(name: string): number {
    const row = this.#database.prepare("SELECT number FROM counter WHERE name = ?").get(name) as { number: number };
    return row.number;
  }

  #checkFormat(): void {
    const format = this.#counter("format");
    if (format === FORMAT) return;
    throw new TenantryError(
      "invalid_argument",
      `${this.#path} has store format ${format}, this version reads ${FORMAT}: use the version that wrote it, or another directory`,
    );
  }
}

const PAGE_BYTES = 4096;

function toTenantryError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const directory = dirname(path);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new TenantryError(
      "conflict",
      `${path} is in use by another process: stop that process, or choose another directory than ${directory}`,
      { reason: "InUse", cause: error },
    );
  }
  if (code === "ENOSPC" || code === "SQLITE_FULL" || code.startsWith("SQLITE_IOERR")) {
    return new TenantryError("resource_exhausted", `cannot write to ${directory}: free some space there`, {
      cause: error,
    });
  }
  if (
    ["ENOENT", "EACCES", "EPERM", "EISDIR", "EROFS"].includes(code) ||
    code === "SQLITE_CANTOPEN" ||
    code === "SQLITE_READONLY" ||
    code === "SQLITE_PERM"
  ) {
    return new TenantryError("permission_denied", `cannot open ${path}: the directory must exist and be writable`, {
      cause: error,
    });
  }
  if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB") {
    return new TenantryError("internal", `${path} is not a readable store: restore it from a copy, or remove it`, {
      cause: error,
    });
  }
  return error;
}
