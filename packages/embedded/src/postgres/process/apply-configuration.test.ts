import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  desiredServer,
  OWNER_PASSWORD,
  openRuntime,
  query,
  testCertificate,
} from "../../../test/support/postgres-plane.js";
import type { DesiredServer, EnsureOptions, PostgresRuntime, RunningServer } from "../runtime.js";
import { fingerprintOf, presentedCertificate } from "./tls-probe.js";

async function change(
  runtime: PostgresRuntime,
  desired: DesiredServer,
): Promise<{ readonly server: RunningServer; readonly steps: readonly string[] }> {
  const steps: string[] = [];
  const onStep: EnsureOptions["onStep"] = (step) => steps.push(step);
  return { server: await runtime.ensure("one", desired, { onStep }), steps };
}

/** The files that the server would read at its next start. */
async function filesOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const configuration = join(directory, "instances", "one", "configuration");
  const names = ["postgresql.conf", "pg_hba.conf", "pg_ident.conf", "server.pem", "client-ca.pem"];
  const entries = names.map(async (name) => [name, await readFile(join(configuration, name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(entries));
}

describe("changing a running server", () => {
  it("reloads for a setting that needs no restart: the process stays", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const before = await runtime.ensure("one", desired);
    const { server, steps } = await change(runtime, {
      ...desired,
      parameters: { work_mem: "7MB", "my.own": "it's \\ 'so'" },
    });
    expect(steps).toEqual(["reloading"]);
    expect(server.pid).toBe(before.pid);
    expect(await query(server, "SELECT current_setting('work_mem') AS a, current_setting('my.own') AS b")).toEqual([
      { a: "7MB", b: "it's \\ 'so'" },
    ]);
  });

  it("restarts for a setting that needs one, on the same port", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const before = await runtime.ensure("one", desired);
    const exits: string[] = [];
    runtime.onExit((id) => exits.push(id));
    const { server, steps } = await change(runtime, { ...desired, parameters: { max_connections: "33" } });
    expect(steps).toEqual(["reloading", "restarting", "starting"]);
    expect(server.pid).not.toBe(before.pid);
    expect(server.port).toBe(before.port);
    expect(await query(server, "SHOW max_connections")).toEqual([{ max_connections: "33" }]);
    expect(exits).toEqual([]);
  });

  it("goes back to the default when a setting is taken away", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    await runtime.ensure("one", { ...desired, parameters: { work_mem: "7MB", max_connections: "33" } });
    const { server } = await change(runtime, desired);
    expect(
      await query(server, "SELECT current_setting('work_mem') AS a, current_setting('max_connections') AS b"),
    ).toEqual([{ a: "4MB", b: "100" }]);
  });

  it.each([
    ["work_mem", "7XB", /invalid value for parameter "work_mem": "7XB".*Valid units/],
    ["max_connections", "-5", /outside the valid range/],
    ["no_such_setting", "1", /unrecognized configuration parameter/],
    ["shared_preload_libraries", "no_such_library", /could not access file "no_such_library"/],
    ["max_wal_senders", "0", /"wal_level" to be "replica" or "logical"|max_wal_senders/],
  ])("refuses %s = %s in PostgreSQL's words and goes on as before", async (name, value, message) => {
    const { runtime, directory } = await openRuntime();
    const desired = await desiredServer({ parameters: { work_mem: "7MB" } });
    const before = await runtime.ensure("one", desired);
    const files = await filesOf(directory);
    // With one impossible pairing: replication needs more WAL than "minimal", and the check happens only in a start.
    const pairing = name === "max_wal_senders" ? { max_wal_senders: "5", wal_level: "minimal" } : { [name]: value };
    const refused = change(runtime, { ...desired, parameters: { ...desired.parameters, ...pairing } });
    await expect(refused).rejects.toMatchObject({
      code: "invalid_argument",
      violations: [{ field: `postgresql.parameters.${name}`, message: expect.stringMatching(message) }],
    });
    expect(await query(before, "SHOW work_mem")).toEqual([{ work_mem: "7MB" }]);
    expect(await filesOf(directory)).toEqual(files);
    const { server } = await change(runtime, desired);
    expect(server.port).toBe(before.port);
    expect(await query(server, "SHOW work_mem")).toEqual([{ work_mem: "7MB" }]);
  });

  it("refuses the same settings for a server that does not exist yet, and makes it once they are mended", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const refused = runtime.ensure("one", { ...desired, parameters: { work_mem: "a lot" } });
    await expect(refused).rejects.toMatchObject({ violations: [{ field: "postgresql.parameters.work_mem" }] });
    const server = await runtime.ensure("one", desired);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("does not let the caller switch off what protects the server", async () => {
    const { runtime } = await openRuntime();
    const parameters = {
      ssl: "off",
      LISTEN_ADDRESSES: "*",
      hba_file: "/dev/null",
      password_encryption: "md5",
      port: "1",
    };
    const passwords = { alice: OWNER_PASSWORD, postgres: OWNER_PASSWORD };
    const server = await runtime.ensure("one", await desiredServer({ parameters, passwords }));
    const [row] = await query(
      server,
      `SELECT current_setting('ssl') AS ssl, current_setting('listen_addresses') AS addresses,
              (SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'alice') AS verifier`,
      { user: "postgres", database: "postgres" },
    );
    expect(row).toEqual({ ssl: "on", addresses: "127.0.0.1", verifier: "SCRAM-SHA-256" });
    const alter = query(server, "ALTER SYSTEM SET ssl = off", { user: "postgres", database: "postgres" });
    await expect(alter).rejects.toThrow(/ALTER SYSTEM is not allowed/);
  });

  it("takes new pg_hba lines by a reload, and names the one that PostgreSQL refuses", async () => {
    const { runtime, directory } = await openRuntime();
    const desired = await desiredServer();
    const before = await runtime.ensure("one", desired);
    await change(runtime, { ...desired, hba: ["hostssl all alice all reject"] });
    await expect(query(before, "SELECT 1")).rejects.toMatchObject({ code: "28000" });
    const files = await filesOf(directory);
    const refused = change(runtime, { ...desired, hba: [...desired.hba, "hostssl all all all magic"] });
    await expect(refused).rejects.toMatchObject({
      code: "invalid_argument",
      violations: [{ field: "postgresql.pg_hba[1]", message: expect.stringContaining("magic") }],
    });
    expect(await filesOf(directory)).toEqual(files);
    const { server } = await change(runtime, desired);
    expect(server.pid).toBe(before.pid);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("names the pg_hba line also when the server was never started", async () => {
    const { runtime } = await openRuntime();
    const refused = runtime.ensure("one", await desiredServer({ hba: ["hostssl all all all magic"] }));
    await expect(refused).rejects.toMatchObject({ violations: [{ field: "postgresql.pg_hba[0]" }] });
  });

  it("shows a renewed certificate without a restart, and keeps the old one when key and certificate do not match", async () => {
    const { runtime, directory } = await openRuntime();
    const desired = await desiredServer();
    const before = await runtime.ensure("one", desired);
    const renewed = { ...desired, tls: { ...desired.tls, ...(await testCertificate()) } };
    const { server, steps } = await change(runtime, renewed);
    expect(steps).toEqual(["reloading"]);
    expect(server.pid).toBe(before.pid);
    expect(await presentedCertificate(server.port, 5000)).toBe(fingerprintOf(renewed.tls.certificate));

    const files = await filesOf(directory);
    const { certificate } = await testCertificate();
    const refused = change(runtime, { ...renewed, tls: { ...renewed.tls, certificate } });
    await expect(refused).rejects.toMatchObject({ code: "invalid_argument", violations: [{ field: "tls" }] });
    expect(await filesOf(directory)).toEqual(files);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await presentedCertificate(server.port, 5000)).toBe(fingerprintOf(renewed.tls.certificate));
  });
});
