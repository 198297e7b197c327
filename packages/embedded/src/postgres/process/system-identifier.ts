import { randomBytes, randomInt } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "@aws-crypto/crc32c";
import { TenantryError } from "@tenantry/sdk";

// Sources: PostgreSQL 18 src/include/catalog/pg_control.h (ControlFileData: system_identifier first, pg_control_version next, near the end
// mock_authentication_nonce, last the CRC-32C of all before it) and src/include/access/xlog_internal.h (XLogLongPageHeaderData.xlp_sysid).
const CONTROL_VERSION = 1800;
const CONTROL_VERSION_OFFSET = 8;
const NONCE = { offset: 257, length: 32 } as const;
const CRC_OFFSET = 292;
const WAL_SYSTEM_IDENTIFIER_OFFSET = 24;
const WAL_SEGMENT = /^[0-9A-F]{24}$/;

/**
 * Gives a cleanly stopped copy of a data directory an identity of its own: the system identifier, so that WAL of one server is refused by
 * another, and the nonce behind authentication of roles that do not exist, so that one tenant's superuser learns nothing of another's.
 */
export async function renewSystemIdentifier(dataDirectory: string): Promise<string> {
  const identifier = newIdentifier();
  const controlPath = join(dataDirectory, "global", "pg_control");
  const control = await readFile(controlPath);
  if (
    control.readUInt32LE(CONTROL_VERSION_OFFSET) !== CONTROL_VERSION ||
    crc32c(control.subarray(0, CRC_OFFSET)) !== control.readUInt32LE(CRC_OFFSET)
  ) {
    throw new TenantryError("internal", `${controlPath} has another layout than PostgreSQL ${CONTROL_VERSION / 100}'s`);
  }
  control.writeBigUInt64LE(identifier, 0);
  randomBytes(NONCE.length).copy(control, NONCE.offset);
  control.writeUInt32LE(crc32c(control.subarray(0, CRC_OFFSET)), CRC_OFFSET);

  const wal = join(dataDirectory, "pg_wal");
  for (const name of (await readdir(wal)).filter((entry) => WAL_SEGMENT.test(entry))) {
    const segment = await readFile(join(wal, name));
    segment.writeBigUInt64LE(identifier, WAL_SYSTEM_IDENTIFIER_OFFSET);
    await writeFile(join(wal, name), segment, { flag: "r+" });
  }
  await writeFile(controlPath, control, { flag: "r+" });
  return identifier.toString();
}

/** As BootStrapXLOG makes it, seconds above, finer below; the lowest bits are random here instead of the process id. */
function newIdentifier(): bigint {
  const now = Date.now();
  const seconds = BigInt(Math.floor(now / 1000));
  const microseconds = BigInt((now % 1000) * 1000 + randomInt(1000));
  return (seconds << 32n) | (microseconds << 12n) | BigInt(randomInt(4096));
}
