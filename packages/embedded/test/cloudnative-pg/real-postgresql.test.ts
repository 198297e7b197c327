import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SECRETS } from "@tenantry/sdk";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVICES } from "../../src/operators/cloudnative-pg/objects/services.js";
import { settingProblem } from "../../src/operators/cloudnative-pg/postgresql/setting-problem.js";
import { SETTINGS } from "../../src/operators/cloudnative-pg/postgresql/settings.js";
import { createProcessRuntime } from "../../src/postgres/process/create-process-runtime.js";
import type { PostgresRuntime } from "../../src/postgres/runtime.js";
import { queryOnce } from "../support/query-once.js";
import {
  clusterUntil,
  createCluster,
  deleteCluster,
  eventually,
  isReady,
  names,
  patchCluster,
  readyCluster,
  secret,
  startPlane,
  text,
} from "./plane.js";

let directory: string;
let plane: Awaited<ReturnType<typeof startPlane<PostgresRuntime>>>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tenantry-operator-"));
  plane = await startPlane(await createProcessRuntime({ directory }));
}, 120_000);
afterAll(async () => {
  await plane?.close();
  await plane?.runtime.close();
  await rm(directory, { recursive: true, force: true });
});

/** Connects as an application does: with nothing but the two Secrets. */
async function query<T extends pg.QueryResultRow>(
  cluster: string,
  sql: string,
  options: pg.ClientConfig = {},
): Promise<readonly T[]> {
  const [app, ca] = await Promise.all([
    secret(plane.transport, `${cluster}-app`),
    secret(plane.transport, `${cluster}-ca`),
  ]);
  const config = {
    host: text(app, "host"),
    port: Number(text(app, "port")),
    user: text(app, "username"),
    password: text(app, "password"),
    database: text(app, "dbname"),
    ssl: { ca: text(ca, "ca.crt"), rejectUnauthorized: true, servername: text(app, "host") },
    ...options,
  };
  return queryOnce<T>(config, sql);
}

const show = async (parameter: string) => Object.values((await query("shop", `SHOW ${parameter}`))[0] ?? {})[0];
const started = async () =>
  (await query<{ at: Date }>("shop", "SELECT pg_postmaster_start_time() AS at"))[0]?.at.getTime();

describe("a cluster on real PostgreSQL", () => {
  beforeAll(async () => {
    await createCluster(plane.transport, "shop", {
      bootstrap: { initdb: { database: "orders", owner: "shopkeeper" } },
      postgresql: { parameters: { work_mem: "5MB", "pg_stat_statements.max": "500" } },
    });
    await readyCluster(plane.transport, "shop");
  }, 60_000);

  it("answers over TLS 1.3 to who has the generated Secrets", async () => {
    const rows = await query(
      "shop",
      "SELECT version, current_user::text AS role, current_database() AS database FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    expect(rows).toEqual([{ version: "TLSv1.3", role: "shopkeeper", database: "orders" }]);
    expect(
      await query("shop", "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'orders'"),
    ).toEqual([{ owner: "shopkeeper" }]);
  });

  it("refuses plaintext, a wrong password and the superuser", async () => {
    await expect(query("shop", "SELECT 1", { ssl: false })).rejects.toThrow(/no encryption|rejects connection/);
    await expect(query("shop", "SELECT 1", { password: randomUUID() })).rejects.toThrow(
      "password authentication failed",
    );
    await expect(query("shop", "SELECT 1", { user: "postgres" })).rejects.toThrow("password authentication failed");
  });

  it("runs with the parameters of the spec and the operator's defaults", async () => {
    expect([await show("work_mem"), await show("wal_level"), await show("max_worker_processes")]).toEqual([
      "5MB",
      "logical",
      "32",
    ]);
    // A setting of a library that was not loaded would have no context of its own.
    const setting = await query(
      "shop",
      "SELECT setting, context FROM pg_settings WHERE name = 'pg_stat_statements.max'",
    );
    expect(setting).toEqual([{ setting: "500", context: "postmaster" }]);
  });

  it("reloads a parameter that a reload is enough for", async () => {
    const before = await started();
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { work_mem: "7MB" } } } });
    await readyCluster(plane.transport, "shop");
    expect(await show("work_mem")).toBe("7MB");
    expect(await started()).toBe(before);
  });

  it("restarts for one that needs it, and keeps address and data", async () => {
    await query("shop", "CREATE TABLE kept AS SELECT 42 AS answer");
    const before = await started();
    const port = text(await secret(plane.transport, "shop-app"), "port");
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { max_connections: "57" } } } });
    await readyCluster(plane.transport, "shop");
    expect(await show("max_connections")).toBe("57");
    expect(await started()).not.toBe(before);
    expect(text(await secret(plane.transport, "shop-app"), "port")).toBe(port);
    expect(await query("shop", "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("rejects a parameter that belongs to the operator, and changes nothing", async () => {
    const change = patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { ssl: "off" } } } });
    await expect(change).rejects.toMatchObject({
      code: "invalid_argument",
      violations: [
        {
          field: "spec.postgresql.parameters.ssl",
          message: 'Invalid value: "off": Can\'t set fixed configuration parameter',
        },
      ],
    });
    expect(await show("ssl")).toBe("on");
  });

  it("rejects a value that no server takes, before it reaches ours", async () => {
    const change = patchCluster(plane.transport, "shop", {
      spec: { postgresql: { parameters: { work_mem: "lots" } } },
    });
    await expect(change).rejects.toMatchObject({ violations: [{ field: "spec.postgresql.parameters.work_mem" }] });
  });

  it("says which parameter PostgreSQL alone can refuse, while the server goes on, and is well again when it is taken back", async () => {
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { TimeZone: "Mars/Olympus" } } } });
    const refused = await clusterUntil(
      plane.transport,
      "shop",
      (one) => one?.status?.phase === "Invalid cluster definition",
    );
    expect(refused?.status?.phaseReason).toContain("spec.postgresql.parameters.TimeZone");
    expect(await show("work_mem")).toBe("7MB");
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { TimeZone: null } } } });
    await readyCluster(plane.transport, "shop");
  });

  it("rotates the password of an edited Secret", async () => {
    const password = randomUUID();
    const body = { stringData: { password } };
    await plane.transport.send({ verb: "patch", resource: SECRETS, namespace: "team-a", name: "shop-app", body });
    await eventually(() => query("shop", "SELECT 1"));
    await expect(query("shop", "SELECT 1", { password: "before" })).rejects.toThrow("password authentication failed");
  });

  it("lets the superuser in while access is enabled, and not after", async () => {
    await patchCluster(plane.transport, "shop", { spec: { enableSuperuserAccess: true } });
    await readyCluster(plane.transport, "shop");
    const password = text(await secret(plane.transport, "shop-superuser"), "password");
    const superuser = { user: "postgres", database: "postgres", password };
    expect(await query("shop", "SELECT current_setting('is_superuser') AS is", superuser)).toEqual([{ is: "on" }]);
    await patchCluster(plane.transport, "shop", { spec: { enableSuperuserAccess: false } });
    await readyCluster(plane.transport, "shop");
    await expect(query("shop", "SELECT 1", superuser)).rejects.toThrow("password authentication failed");
  });

  it("has the settings that validation knows, and refuses whatever validation refuses", async () => {
    await patchCluster(plane.transport, "shop", { spec: { enableSuperuserAccess: true } });
    await readyCluster(plane.transport, "shop");
    const [superuser, ca] = await Promise.all(
      ["shop-superuser", "shop-ca"].map((name) => secret(plane.transport, name)),
    );
    if (superuser === undefined || ca === undefined) throw new Error("unreachable");
    const client = new pg.Client({
      host: "localhost",
      port: Number(text(superuser, "port")),
      user: "postgres",
      password: text(superuser, "password"),
      database: "postgres",
      ssl: { ca: text(ca, "ca.crt") },
    });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string; vartype: string; context: string }>(
        "SELECT name, vartype, context FROM pg_settings WHERE name NOT LIKE '%.%'",
      );
      const types: Readonly<Record<string, string>> = { bool: "boolean" };
      const unknown = rows.filter(({ name, vartype, context }) => {
        const expected = context === "internal" ? "internal" : (types[vartype] ?? vartype);
        return SETTINGS.get(name.toLowerCase())?.type !== expected;
      });
      expect(unknown).toEqual([]);

      const values = [
        "",
        "on",
        "tru",
        "o",
        "1",
        "0",
        "-1",
        "1.5",
        "0x10",
        "12 MB",
        "3min",
        "5GB",
        "7d",
        "99999999999",
        "nonsense",
      ];
      const wrongly: string[] = [];
      for (const { name, context } of rows) {
        if (context !== "user" && context !== "superuser") continue;
        for (const value of values) {
          if (settingProblem(name, value) === undefined) continue;
          const taken = await client.query("SELECT set_config($1, $2, true)", [name, value]).catch(() => undefined);
          if (taken !== undefined) wrongly.push(`${name} = ${value}`);
        }
      }
      expect(wrongly).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it("heals a server that was killed", async () => {
    const before = await started();
    process.kill(await postmasterPid(), "SIGKILL");
    await clusterUntil(plane.transport, "shop", (one) => one !== undefined && !isReady(one));
    await readyCluster(plane.transport, "shop");
    expect(await started()).not.toBe(before);
    expect(await query("shop", "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("is adopted by an operator that starts again, without a restart", async () => {
    const before = await started();
    await plane.stopOperator();
    await plane.startOperator();
    await readyCluster(plane.transport, "shop");
    expect(await started()).toBe(before);
  });

  it("leaves nothing when it is deleted", async () => {
    const pid = await postmasterPid();
    await deleteCluster(plane.transport, "shop");
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(await plane.runtime.list()).toEqual([]);
    expect(await names(plane.transport, SECRETS)).toEqual([]);
    expect(await names(plane.transport, SERVICES)).toEqual([]);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(await readdir(join(directory, "instances"))).toEqual([]);
  });
});

/** From the file that the server itself keeps. */
async function postmasterPid(): Promise<number> {
  const [instance = ""] = await readdir(join(directory, "instances"));
  const file = await readFile(join(directory, "instances", instance, "data", "postmaster.pid"), "utf8");
  return Number(file.split("\n")[0]);
}
