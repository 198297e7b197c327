import { type DestinationStream, type Logger, pino } from "pino";
import { describeError } from "./describe-error.js";

export interface LoggerOptions {
  readonly level?: string | undefined;
  /** Standard output when absent. */
  readonly destination?: DestinationStream | undefined;
}

/** The gateway's log: JSON lines. Headers, variables and documents are never handed to it; should they be, they are left out here. */
export function createLogger({ level = "info", destination }: LoggerOptions = {}): Logger {
  const options = {
    level,
    redact: {
      paths: ["authorization", "headers", "variables", "query", "password", "token"].flatMap((name) => [
        name,
        `*.${name}`,
      ]),
      remove: true,
    },
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
