import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { installBinaries } from "../packages/embedded/src/postgres/process/binaries.js";
import { defaultCacheDirectory } from "../packages/embedded/src/postgres/process/create-process-runtime.js";
import { identityOf, resolveRuntimeUser } from "../packages/embedded/src/postgres/process/runtime-user.js";
import type { DesiredServer } from "../packages/embedded/src/postgres/runtime.js";
import { connectAndQuery } from "./connect-and-query.js";
import type { Side } from "./figure.js";

const run = promisify(execFile);
const RETRY_MS = 2;

/**
 * What anybody would do with PostgreSQL's own tools, with the same programs, as the same user: initdb, settings for TLS, start, and connect
 * until it answers.
 */
export async function initdbAndStart({
  tls,
  password,
}: {
  readonly tls: DesiredServer["tls"];
  readonly password: string;
}): Promise<{ readonly side: Side; readonly close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-bench-initdb-"));
  const user = await resolveRuntimeUser(directory);
  if (user.dropPrivileges) await chown(directory, user.uid, user.gid);
  const binaries = await installBinaries(defaultCacheDirectory());
  const data = join(directory, "data");
  const owned = async (name: string, content: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, content, { mode: 0o600 });
    if (user.dropPrivileges) await chown(path, user.uid, user.gid);
    return path;
  };
  const passwordFile = await owned("password", password);
  const certificate = await owned("server.crt", tls.certificate);
  const key = await owned("server.key", tls.key);
  let server: ChildProcess | undefined;

  const side: Side = {
    run: async () => {
      const initdb = ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256"];
      await run(binaries.initdb, [...initdb, `--pwfile=${passwordFile}`], { ...identityOf(user), cwd: "/" });
      const port = await freePort();
      const settings = {
        listen_addresses: "127.0.0.1",
        port: String(port),
        unix_socket_directories: "",
        ssl: "on",
        ssl_cert_file: certificate,
        ssl_key_file: key,
        ssl_min_protocol_version: "TLSv1.3",
      };
      const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
      await appendFile(join(data, "postgresql.conf"), lines.join(""));
      server = spawn(binaries.postgres, ["-D", data], { ...identityOf(user), cwd: "/", stdio: "ignore" });
      for (;;) {
        try {
          await connectAndQuery({
            host: "127.0.0.1",
            port,
            user: "postgres",
            database: "postgres",
            password,
            ca: tls.clientCa,
          });
          return;
        } catch (error) {
          if (server.exitCode !== null) throw error;
          await pause(RETRY_MS);
        }
      }
    },
    clear: async () => {
      if (server !== undefined && server.exitCode === null) {
        const exit = once(server, "exit");
        server.kill("SIGINT");
        await exit;
      }
      server = undefined;
      await rm(data, { recursive: true, force: true });
    },
  };
  return { side, close: () => rm(directory, { recursive: true, force: true }) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (typeof address !== "object" || address === null) throw new Error("the system has no free port");
  return address.port;
}
