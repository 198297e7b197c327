import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

test("provisions a database, writes to it over TLS 1.3 and reads back, then ends", { timeout: 180_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=@tenantry/source",
    "--import",
    "tsx",
    main,
  ]);
  expect(stdout).toBe("orders runs PostgreSQL 18\norder 1: a book (read over TLSv1.3)\n");
});
