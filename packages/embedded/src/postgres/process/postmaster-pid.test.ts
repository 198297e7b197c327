import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAlive, parsePostmasterPid } from "./postmaster-pid.js";

describe("postmaster.pid", () => {
  it("is read as PostgreSQL 18 writes it", () => {
    const text = "16049\n/srv/data\n1795301060\n43391\n/srv/run\n127.0.0.1\n 10125916        29\nready   \n";
    expect(parsePostmasterPid(text)).toEqual({ pid: 16049, port: 43391, socketDirectory: "/srv/run", status: "ready" });
  });

  it("has no status in the first instant of a start", () => {
    expect(parsePostmasterPid("16049\n/srv/data\n1795301060\n43391\n")?.status).toBeUndefined();
  });

  it("never yields a number that a signal would send to more than one process", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map((pid) => `${pid}\n/data\n`),
        ),
        (text) => {
          const pid = parsePostmasterPid(text)?.pid;
          expect(pid === undefined || (Number.isSafeInteger(pid) && pid > 1)).toBe(true);
        },
      ),
    );
  });

  it("tells this process from one that never was", async () => {
    expect(await isAlive(process.pid)).toBe(true);
    expect(await isAlive(2 ** 22 + 1)).toBe(false);
  });
});
