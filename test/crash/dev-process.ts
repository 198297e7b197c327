import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = fileURLToPath(new URL("../../packages/gateway/dist/bin/tenantry.js", import.meta.url));
const START_MS = 60_000;
const STOP_MS = 60_000;

/** The line that `tenantry dev --json` prints when it is ready. */
export interface ReadyLine {
  readonly url: string;
  readonly kubeconfig: string;
  readonly issuer: string;
  readonly tokens: { readonly "team-a": string; readonly "team-b": string };
  readonly directory: string;
}

/** One run of `tenantry dev`, from its start to its end. */
export interface DevProcess {
  readonly pid: number;
  readonly ready: ReadyLine;
  /** `kill -9`: returns when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM: resolves with the exit code. */
  stop(): Promise<number | null>;
  /** The end of what it wrote to stderr, for a report of a failure. */
  stderr(): string;
}

/** Starts the built command on `directory` and waits until it says that it is ready. */
export async function startDev(directory: string): Promise<DevProcess> {
  const child = spawn(process.execPath, [COMMAND, "dev", "--json", "--directory", directory], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stderr: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    stderr.push(line);
    if (stderr.length > 60) stderr.shift();
  });
  const tail = () => stderr.join("\n");
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const ready = await readReadyLine(child, exited, tail);
  return {
    pid: child.pid ?? -1,
    ready,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      const hung = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      const [code] = await exited;
      clearTimeout(hung);
      return code;
    },
    stderr: tail,
  };
}

async function readReadyLine(
  child: ChildProcessByStdio<null, Readable, Readable>,
  exited: Promise<[number | null, string | null]>,
  tail: () => string,
): Promise<ReadyLine> {
  const lines = createInterface({ input: child.stdout });
  const slow = setTimeout(() => child.kill("SIGKILL"), START_MS);
  try {
    const first = await Promise.race([
      once(lines, "line") as Promise<[string]>,
      exited.then(([code, signal]) => {
        throw new Error(`tenantry dev ended before it was ready (${signal ?? `exit code ${code}`}):\n${tail()}`);
      }),
    ]);
    lines.on("line", () => {}); // keep reading, so that the pipe never fills
    return JSON.parse(first[0]) as ReadyLine;
  } finally {
    clearTimeout(slow);
  }
}
