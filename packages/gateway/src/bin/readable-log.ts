import type { DestinationStream } from "pino";

const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** Turns pino's JSON lines into lines for the person at the terminal: level, message, then the fields. */
export function readableLog(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      const { level, msg, time: _time, pid: _pid, hostname: _hostname, err, ...fields } = JSON.parse(line) as LogLine;
      const cause = err === undefined ? "" : ` (${err.message})`;
      const rest = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`;
      output.write(`${LEVELS[level] ?? "log"}: ${msg ?? ""}${cause}${rest}\n`);
      if (err?.stack !== undefined && level >= 50) output.write(`${err.stack}\n`);
    },
  };
}

interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly time?: unknown;
  readonly pid?: unknown;
  readonly hostname?: unknown;
  readonly err?: { readonly message: string; readonly stack?: string };
}
