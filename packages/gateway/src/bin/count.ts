import { InvalidArgumentError } from "commander";

const MOST = 100;

/** Parses how many of something, 0 to {@link MOST}. */
export function parseCount(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= MOST)) throw new InvalidArgumentError(`Give a whole number between 0 and ${MOST}.`);
  return count;
}
