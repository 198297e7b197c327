import { createLogger } from "../../logging/logger.js";
import { defaultDirectory } from "../default-directory.js";
import type { DevFlags } from "../program.js";
import { createProgress } from "../progress.js";
import { readableLog } from "../readable-log.js";
import { listenForShutdown } from "../shutdown.js";
import { formatReadyMessage } from "./ready-message.js";
import { type DevelopmentStep, startDevelopment } from "./start-development.js";

const STEPS: Readonly<Record<DevelopmentStep, string>> = {
  store: "open the directory",
  postgresql: "prepare PostgreSQL",
  apiServer: "start the API server",
  operator: "start the operator",
  gateway: "start the gateway",
};

/**
 * `tenantry dev`: starts everything, says how to use it, and runs until it is asked to stop. Resolves when all has stopped; being asked
 * to stop while still starting is no failure.
 */
export async function runDevelopment(flags: DevFlags, { verbose }: { readonly verbose: boolean }): Promise<void> {
  const { directory = defaultDirectory(), port, warm, json = false } = flags;
  const { stderr, stdout } = process;
  // A terminal that was closed, or a reader that is gone, must not end us before everything has stopped.
  for (const output of [stdout, stderr]) output.on("error", () => {});
  const progress = createProgress({ output: stderr });
  const logger = createLogger({ level: verbose ? "debug" : "warn", destination: readableLog(stderr) });
  const shutdown = listenForShutdown({ onRequest: () => progress.step("stop everything (Ctrl-C again to force)") });
  try {
    const { signal } = shutdown;
    const onStep = (step: DevelopmentStep): void => progress.step(STEPS[step]);
    const development = await startDevelopment({ directory, port, warm, logger, signal, onStep });
    if (!signal.aborted) {
      progress.done();
      for (const note of development.notes) stderr.write(`note: ${note}\n`);
      const { ready } = development;
      // Counted from the start of the process: a person has waited for the modules to load as well.
      const seconds = performance.now() / 1000;
      stdout.write(json ? `${JSON.stringify(ready)}\n` : formatReadyMessage(ready, seconds));
    }
    await shutdown.requested;
    await development.close();
    progress.done();
  } catch (error) {
    if (shutdown.signal.aborted && error === shutdown.signal.reason) return progress.done();
    progress.failed();
    throw error;
  } finally {
    shutdown.dispose();
  }
}
