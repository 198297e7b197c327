import { copyFile, open, stat, truncate } from "node:fs/promises";
import { isAbsent } from "./durable-file.js";

/** More than any start writes. */
const MAX_READ_BYTES = 64 * 1024;
/** Lines that may quote what a client sent, passwords too: never shown. */
const QUOTING = /\b(STATEMENT|DETAIL|QUERY|CONTEXT): {2}/;
const FROM_SERVER = /\b(LOG|WARNING|ERROR|FATAL|PANIC|HINT): {2}/;
const SHOWN_LINES = 12;

export async function logSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
}

/** What a server has written since its log was `from` bytes long. */
export async function readLog(path: string, from: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - MAX_READ_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    await file.read(buffer, 0, buffer.length, start);
    return buffer.toString("utf8");
  } finally {
    await file.close();
  }
}

/** The last lines, without any that repeat a client's words. */
export function lastLines(log: string): string {
  return log
    .split("\n")
    .filter((line) => !QUOTING.test(line) && FROM_SERVER.test(line))
    .slice(-SHOWN_LINES)
    .join("\n");
}

/** A log that has grown beyond this is put aside as `postgres.log.1` at the next occasion. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;

/** Keeps one older part. The server goes on writing to the same file, which is opened for appending. */
export async function trimLog(path: string): Promise<void> {
  if ((await logSize(path)) <= MAX_LOG_BYTES) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}
