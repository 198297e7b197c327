import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

const SEGMENT_BYTES = 1024 * 1024;
/** ControlFileData.checkPoint. Source: PostgreSQL 18 src/include/catalog/pg_control.h. */
const CHECKPOINT_OFFSET = 32;
const SEGMENT = /^[0-9A-F]{24}$/;
/** Free space and visibility maps, which a server makes again as it needs them. Source: PostgreSQL, "Free Space Map", "Visibility Map". */
const MAP = /^\d+_(fsm|vm)$/;

/**
 * Takes out of a cleanly stopped data directory what a server can do without, because each file and each megabyte is paid for in every
 * copy: maps, a quarter of all files, and WAL segments that initdb prepared for later.
 */
export async function slim(dataDirectory: string): Promise<void> {
  const at = (...names: string[]): string => join(dataDirectory, ...names);
  const databases = (await readdir(at("base"))).map((oid) => at("base", oid));
  for (const directory of [at("global"), ...databases]) {
    for (const name of await readdir(directory)) if (MAP.test(name)) await rm(join(directory, name));
  }
  const control = await readFile(at("global", "pg_control"));
  const needed = segmentName(control.readBigUInt64LE(CHECKPOINT_OFFSET));
  const segments = (await readdir(at("pg_wal"))).filter((name) => SEGMENT.test(name));
  // Older ones are gone since the last checkpoint; were the needed one not among them, nothing here would be understood.
  if (!segments.includes(needed)) throw new Error(`pg_wal lacks ${needed}, which holds the last checkpoint`);
  for (const name of segments) if (name !== needed) await rm(at("pg_wal", name));
}

/** Source: XLogFileName in src/include/access/xlog_internal.h; a new data directory is on timeline 1. */
function segmentName(position: bigint): string {
  const perFile = 0x1_0000_0000n / BigInt(SEGMENT_BYTES);
  const segment = position / BigInt(SEGMENT_BYTES);
  return [1n, segment / perFile, segment % perFile]
    .map((part) => part.toString(16).toUpperCase().padStart(8, "0"))
    .join("");
}
