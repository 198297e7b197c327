import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

export interface ProgramOptions {
  readonly name: string;
  readonly path: string;
  readonly arguments: readonly string[];
  /** Beside what this process has in its own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Where everything that the program says is kept. */
  readonly logFile: string;
}

const STOP_MS = 20_000;
const KEPT_LINES = 30;

/** One program of the control plane, from its start to its end. */
export class SupervisedProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  constructor({ name, path, arguments: args, environment, directory, logFile }: ProgramOptions) {
    this.name = name;
    const child = spawn(path, args, {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#exited = Promise.race([once(child, "exit"), once(child, "error")]);
    this.#exited.catch(() => undefined);
    const log = createWriteStream(logFile, { mode: 0o600 });
    for (const stream of [child.stdout, child.stderr]) {
      stream.pipe(log, { end: false });
      createInterface({ input: stream }).on("line", (line) => this.#take(line));
    }
    child.once("close", () => log.end());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Undefined while it runs. */
  get ending(): string | undefined {
    const { exitCode, signalCode, pid } = this.#child;
    if (pid === undefined) return "could not be started";
    if (exitCode === null && signalCode === null) return undefined;
    return signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}`;
  }

  /** Resolves with the first group of `pattern`, once a line matches. Rejects when the program ends before. */
  async announced(pattern: RegExp, signal: AbortSignal): Promise<string> {
    let listener = (_line: string): void => undefined;
    const seen = new Promise<string>((resolve) => {
      listener = (line) => {
        const match = pattern.exec(line);
        if (match !== null) resolve(match[1] ?? match[0]);
      };
    });
    this.#lines.forEach(listener);
    this.#listeners.add(listener);
    try {
      return await Promise.race([
        seen,
        this.#exited.then(() => this.#fail()),
        once(signal, "abort").then(() => this.#fail()),
      ]);
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Throws when the program is not running any more. */
  check(): void {
    if (this.ending !== undefined) this.#fail();
  }

  /** SIGTERM, and SIGKILL to a program that does not mind. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.ending !== undefined) return;
    this.#child.kill("SIGTERM");
    const hung = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.#exited;
    clearTimeout(hung);
  }

  /** SIGKILL, as when a machine goes away. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** The end of what it said, for a report of a failure. */
  tail(): string {
    return this.#lines.join("\n");
  }

  #fail(): never {
    const state = this.ending === undefined ? "is not ready in time" : `ended (${this.ending})`;
    throw new Error(`${this.name} ${state}:\n${this.tail()}`);
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }
}
