import { InvalidArgumentError } from "commander";

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Parses `90s`, `15m`, `12h` or `7d` into seconds. */
export function parseDuration(text: string): number {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  const [, amount, unit] = match ?? [];
  if (amount === undefined || unit === undefined) {
    throw new InvalidArgumentError("Give a number and a unit: 90s, 15m, 12h or 7d.");
  }
  return Number(amount) * SECONDS[unit as keyof typeof SECONDS];
}
