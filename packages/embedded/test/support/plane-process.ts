import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { RunningServer } from "../../src/postgres/runtime.js";
import type { EnsureAndWait, EnsureAndWaitLine } from "./ensure-and-wait.js";

const PROGRAM = fileURLToPath(new URL("./ensure-and-wait.ts", import.meta.url));

/** Another process with a runtime of its own. Killed after the test. */
export class PlaneProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(settings: EnsureAndWait) {
    const child = spawn(
      process.execPath,
      ["--conditions=@tenantry/source", "--import", "tsx", PROGRAM, JSON.stringify(settings)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    this.#child = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    onTestFinished(() => this.kill());
  }

  /** The next server that it reports ready. */
  async server(): Promise<RunningServer> {
    for (;;) {
      const line = await this.#next();
      if ("server" in line) return line.server;
    }
  }

  /** Until it reports `step`. */
  async step(step: string): Promise<void> {
    for (;;) {
      const line = await this.#next();
      if ("step" in line && line.step === step) return;
    }
  }

  /** SIGKILL: no handler runs. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  async #next(): Promise<EnsureAndWaitLine> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error("the process ended");
    return JSON.parse(value) as EnsureAndWaitLine;
  }
}
