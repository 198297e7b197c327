import type { ServerResponse } from "node:http";
import { isTenantryError } from "@tenantry/sdk";
import { sendJson } from "./answer.js";

const PROBE_TIMEOUT_MS = 2_000;

/** Asks the control plane whether it would answer. Rejects, or takes too long, when it would not. */
export type ReadinessProbe = (signal: AbortSignal) => Promise<unknown>;

/** This process answers. */
export function sendLiveness(response: ServerResponse): void {
  sendJson(response, 200, '{"status":"ok"}');
}

/** Anybody may ask, so many askers share one probe, and the reason is a word and no message. */
export function createReadiness(probe: ReadinessProbe | undefined): (response: ServerResponse) => Promise<void> {
  let running: Promise<string | undefined> | undefined;
  return async (response) => {
    running ??= findProblem(probe).finally(() => {
      running = undefined;
    });
    const reason = await running;
    if (reason === undefined) return sendJson(response, 200, '{"status":"ok"}');
    sendJson(response, 503, JSON.stringify({ status: "unavailable", reason }));
  };
}

async function findProblem(probe: ReadinessProbe | undefined): Promise<string | undefined> {
  if (probe === undefined) return undefined;
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const late = new Promise<string>((resolve) => {
    signal.addEventListener("abort", () => resolve("control plane: deadline_exceeded"), { once: true });
  });
  const asked = Promise.resolve()
    .then(() => probe(signal))
    .then(
      () => undefined,
      (error: unknown) => `control plane: ${isTenantryError(error) ? error.code : "unavailable"}`,
    );
  return Promise.race([asked, late]);
}
