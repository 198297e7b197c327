import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { desiredServer, OWNER_PASSWORD, openRuntime, query } from "../../../test/support/postgres-plane.js";

describe("a server of the process runtime", () => {
  it("answers its owner over TLS 1.3, with the role and database that were asked for", async () => {
    const { runtime } = await openRuntime();
    const server = await runtime.ensure("team-a/shop", await desiredServer());
    const [session] = await query(
      server,
      `SELECT ssl, version, current_user AS role, current_database() AS database, pg_get_userbyid(datdba)::text AS owner,
              pg_encoding_to_char(encoding)::text AS encoding, datcollate AS collation
         FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) JOIN pg_database USING (datname) WHERE pid = pg_backend_pid()`,
    );
    expect(session).toEqual({
      ssl: true,
      version: "TLSv1.3",
      role: "alice",
      database: "shop",
      owner: "alice",
      encoding: "UTF8",
      collation: "C",
    });
    expect(runtime.version.major).toBe(18);
  });

  it("refuses plaintext, a wrong password and a TLS 1.2 client", async () => {
    const { runtime } = await openRuntime();
    const server = await runtime.ensure("one", await desiredServer());
    await expect(query(server, "SELECT 1", { ssl: false })).rejects.toMatchObject({ code: "28000" });
    await expect(query(server, "SELECT 1", { password: "wrong" })).rejects.toMatchObject({ code: "28P01" });
    await expect(
      query(server, "SELECT 1", { ssl: { rejectUnauthorized: false, maxVersion: "TLSv1.2" } }),
    ).rejects.toThrow(/protocol version/);
  });

  it("takes older TLS when the parameters say so", async () => {
    const { runtime } = await openRuntime();
    const parameters = { ssl_min_protocol_version: "TLSv1.2" };
    const server = await runtime.ensure("one", await desiredServer({ parameters }));
    const ssl = { rejectUnauthorized: false, maxVersion: "TLSv1.2" } as const;
    expect(await query(server, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()", { ssl })).toEqual([
      { version: "TLSv1.2" },
    ]);
  });

  // `app` is the template's own name, and anything else is a renaming: two ways for the other databases to arrive.
  it.each(["app", "shop"])(
    "has at once, beside %s, the databases that every PostgreSQL server has",
    async (database) => {
      const { runtime } = await openRuntime();
      const bootstrap = { database, owner: "alice" };
      const passwords = { postgres: "root's own", alice: OWNER_PASSWORD };
      const server = await runtime.ensure("one", await desiredServer({ bootstrap, passwords }));
      const superuser = { user: "postgres", password: "root's own" };
      await Promise.all([
        query(server, "CREATE DATABASE from_nothing TEMPLATE template0", { ...superuser, database }),
        query(server, "CREATE DATABASE from_template", { ...superuser, database }),
        query(server, "SELECT 1", { ...superuser, database: "postgres" }),
        query(server, "SELECT 1", { ...superuser, database: "template1" }),
      ]);
      await query(server, "CREATE TABLE here (id int)", { ...superuser, database: "from_template" });
      const rows = await query(server, "SELECT datname FROM pg_database ORDER BY 1", {
        ...superuser,
        database: "postgres",
      });
      const names = [database, "from_nothing", "from_template", "postgres", "template0", "template1"].sort();
      expect(rows).toEqual(names.map((datname) => ({ datname })));
    },
  );

  it("gives each server a system identifier of its own, which the server itself confirms", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const servers = await Promise.all(["a", "b", "c"].map((id) => runtime.ensure(id, desired)));
    expect(new Set(servers.map(({ systemIdentifier }) => systemIdentifier)).size).toBe(3);
    for (const server of servers) {
      // Switching WAL makes the server read and write segments under its identifier.
      const [row] = await query(server, "SELECT system_identifier::text FROM pg_control_system()");
      expect(row).toEqual({ system_identifier: server.systemIdentifier });
    }
  });

  it("leaves a server alone that is as it should be", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const first = await runtime.ensure("one", desired);
    const steps: string[] = [];
    const second = await runtime.ensure("one", desired, { onStep: (step) => steps.push(step) });
    expect(second).toEqual(first);
    expect(steps).toEqual([]);
  });

  it("changes a password, and takes one away", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const server = await runtime.ensure("one", desired);
    await runtime.ensure("one", { ...desired, passwords: { alice: "it's \\ new" } });
    await expect(query(server, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await query(server, "SELECT 1 AS one", { password: "it's \\ new" })).toEqual([{ one: 1 }]);
    await runtime.ensure("one", { ...desired, passwords: { alice: null } });
    await expect(query(server, "SELECT 1", { password: "it's \\ new" })).rejects.toMatchObject({ code: "28P01" });
  });

  it("names the role when a password is for one that does not exist, and keeps the password to itself", async () => {
    const { runtime, directory } = await openRuntime();
    const parameters = { log_statement: "all", log_min_duration_statement: "0", log_min_error_statement: "debug5" };
    const passwords = { alice: OWNER_PASSWORD, nobody: "never-to-be-seen" };
    const failure = await runtime.ensure("one", await desiredServer({ parameters, passwords })).catch((error) => error);
    expect(failure).toMatchObject({ code: "invalid_argument", violations: [{ field: "passwords.nobody" }] });
    const log = await readFile(join(directory, "instances", "one", "postgres.log"), "utf8");
    for (const secret of [OWNER_PASSWORD, "never-to-be-seen"]) {
      expect(JSON.stringify([failure, failure.message, failure.stack])).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
  });

  it("keeps its data and its port when it is stopped and started again", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const first = await runtime.ensure("one", desired);
    await query(first, "CREATE TABLE kept AS SELECT 42 AS answer");
    await runtime.stop("one");
    await expect(query(first, "SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await runtime.list()).toEqual(["one"]);
    const again = await runtime.ensure("one", { ...desired, port: first.port });
    expect(again.port).toBe(first.port);
    expect(again.systemIdentifier).toBe(first.systemIdentifier);
    expect(await query(again, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("is gone with its data once removed, and a new one of the same name starts empty", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const first = await runtime.ensure("team-a/one", desired);
    await query(first, "CREATE TABLE gone (id int)");
    await runtime.remove("team-a/one");
    await runtime.remove("team-a/one");
    expect(await runtime.list()).toEqual([]);
    const second = await runtime.ensure("team-a/one", desired);
    expect(second.systemIdentifier).not.toBe(first.systemIdentifier);
    await expect(query(second, "SELECT FROM gone")).rejects.toMatchObject({ code: "42P01" });
  });

  it("tells no exit that was asked for", async () => {
    const { runtime } = await openRuntime();
    const exits: string[] = [];
    runtime.onExit((id) => exits.push(id));
    await runtime.ensure("one", await desiredServer());
    await runtime.stop("one");
    expect(exits).toEqual([]);
  });

  it("takes another port when the old one is not free", async () => {
    const { runtime } = await openRuntime();
    const other = await runtime.ensure("other", await desiredServer());
    const server = await runtime.ensure("one", await desiredServer({ port: other.port }));
    expect(server.port).not.toBe(other.port);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});
