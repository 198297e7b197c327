import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ReadyLine } from "../../src/bin/dev/ready-message.js";

const COMMAND = fileURLToPath(new URL("../../src/bin/tenantry.ts", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));
const TSCONFIG = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));

/** A start loads and transpiles everything; on a machine that is busy with other tests that takes its time. */
export const START_MS = 120_000;

/** Who the command runs as, and where that user keeps things. */
export interface CommandUser {
  readonly label: string;
  /** Absent: the user of the tests. */
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command from its sources, as a process of its own. */
export class CommandProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended and said everything. */
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";

  constructor(args: readonly string[], { uid, gid, env }: CommandUser = { label: "" }) {
    this.child = spawn(process.execPath, ["--conditions=@tenantry/source", "--import", "tsx", COMMAND, ...args], {
      cwd: REPOSITORY,
      stdio: ["ignore", "pipe", "pipe"],
      // tsx reads decorators as the gateway's own configuration says.
      env: { ...process.env, TSX_TSCONFIG_PATH: TSCONFIG, ...env },
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = once(this.child, "close").then(([code]) => ({
      code: code as number | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first whole line of stdout that `matches`, said already or later; fails with what was said when the command ends before. */
  async line(matches: (line: string) => boolean): Promise<string> {
    const { stdout } = this.child;
    let over = false;
    const ended = this.ended.then(() => {
      over = true;
    });
    for (;;) {
      const found = this.#stdout.split("\n").slice(0, -1).find(matches);
      if (found !== undefined) return found;
      if (over) throw new Error(`the command ended before the line was there:\n${this.#stderr}`);
      await Promise.race([ended, ...(stdout === null ? [] : [once(stdout, "data")])]);
    }
  }

  /** Resolves once stderr holds `text`. */
  async said(text: string): Promise<void> {
    const { stderr } = this.child;
    while (!this.#stderr.includes(text) && stderr !== null) await once(stderr, "data");
  }

  async ready(): Promise<ReadyLine> {
    return JSON.parse(await this.line(() => true)) as ReadyLine;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

export function runCommand(args: readonly string[], user?: CommandUser): Promise<Ended> {
  return new CommandProcess(args, user).ended;
}
