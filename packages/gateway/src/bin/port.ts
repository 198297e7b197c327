import { InvalidArgumentError } from "commander";

const HIGHEST_PORT = 65_535;

/** Parses a TCP port; 0 means any free one. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= HIGHEST_PORT)) throw new InvalidArgumentError("Give a port between 0 and 65535 (0: any free one).");
  return port;
}
