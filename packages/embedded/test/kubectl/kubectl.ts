import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { formatKubeconfig } from "../../src/plane/kubeconfig.js";

const run = promisify(execFile);

/** Another version than the one on PATH can be tried by naming its binary. */
const KUBECTL = process.env.TENANTRY_KUBECTL ?? "kubectl";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real kubectl with a home of its own, so that it discovers the server anew. */
export class Kubectl {
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  /** Whether there is a kubectl on this machine. */
  static async isInstalled(): Promise<boolean> {
    return run(KUBECTL, ["version", "--client"]).then(
      () => true,
      () => false,
    );
  }

  static async connect(server: { url: string; certificateAuthority: string; token: string }): Promise<Kubectl> {
    const home = await mkdtemp(join(tmpdir(), "tenantry-kubectl-"));
    await writeFile(join(home, "kubeconfig"), formatKubeconfig(server), { mode: 0o600 });
    return new Kubectl(home);
  }

  /** Runs to the end, whatever its exit code. `input` goes to its standard input. */
  async try(args: readonly string[], input = ""): Promise<Output> {
    const child = run(KUBECTL, [...args], { env: this.#environment(), timeout: 25_000 });
    child.child.stdin?.end(input);
    return child.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: Output) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
    );
  }

  /** Runs to the end and gives what it printed. @throws when it fails or complains. */
  async run(args: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, input);
    if (code !== 0 || stderr !== "") throw new Error(`kubectl ${args.join(" ")}: ${code}\n${stderr}${stdout}`);
    return stdout;
  }

  /** Starts one that runs until it is stopped, and reads its lines. */
  start(args: readonly string[]): { lines: AsyncIterableIterator<string>; stop: () => Promise<void> } {
    const child = spawn(KUBECTL, [...args], { env: this.#environment(), stdio: ["ignore", "pipe", "inherit"] });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    return {
      lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
      async stop() {
        child.kill();
        await exited;
      },
    };
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.home, KUBECONFIG: join(this.home, "kubeconfig") };
  }
}
