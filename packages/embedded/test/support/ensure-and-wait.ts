import { createProcessRuntime } from "../../src/postgres/process/create-process-runtime.js";
import type { DesiredServer, RunningServer } from "../../src/postgres/runtime.js";

/** What a test tells this program, as its one argument. */
export interface EnsureAndWait {
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly servers: Readonly<Record<string, DesiredServer>>;
}

/** What it answers, one line each, before it waits to be killed. */
export type EnsureAndWaitLine = { readonly step: string } | { readonly server: RunningServer };

/** A plane's process reduced to its runtime: starts servers and stays, so that a test can kill it at any instant. */
async function main(): Promise<void> {
  const { servers, ...options } = JSON.parse(process.argv[2] ?? "") as EnsureAndWait;
  const say = (line: EnsureAndWaitLine): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
  say({ step: "opening" });
  const runtime = await createProcessRuntime(options);
  say({ step: "opened" });
  for (const [id, desired] of Object.entries(servers)) {
    const server = await runtime.ensure(id, desired, { onStep: (step) => say({ step }) });
    say({ server });
  }
  setInterval(() => undefined, 60_000);
}

await main();
