/** One thing that is timed. */
export interface Side {
  /** Untimed, before each run. */
  readonly prepare?: () => Promise<void>;
  /** Timed. */
  readonly run: () => Promise<void>;
  /** Runs it and tells what counts of it, in milliseconds. The time it takes when absent. */
  readonly measure?: (run: Side["run"]) => Promise<number>;
  /** Untimed, after each run. */
  readonly clear?: () => Promise<void>;
}

/** A ratio of two times, which says the same on a slow machine as on a fast one: ours to theirs, or how many times as fast we are. */
export interface Figure {
  readonly name: string;
  /** What the ratio is made of, for people. */
  readonly title: string;
  readonly better: "higher" | "lower";
  /** What must hold. */
  readonly floor: number;
  /** What is aimed at. */
  readonly goal: number;
  readonly rounds: number;
  readonly open: () => Promise<OpenFigure>;
}

export interface OpenFigure {
  readonly ours: Side;
  readonly theirs: Side;
  readonly close: () => Promise<void>;
}

export interface Measurement {
  readonly figure: Figure;
  readonly ratio: number;
  readonly oursMs: number;
  readonly theirsMs: number;
}

/** Times both sides in turn, so that a machine that gets slower or faster meanwhile does so for both, and compares the medians. */
export async function measure(figure: Figure): Promise<Measurement> {
  const { ours, theirs, close } = await figure.open();
  try {
    // Caches of files and code are warm for neither side in the first round.
    await time(theirs);
    await time(ours);
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round < figure.rounds; round += 1) {
      times.theirs.push(await time(theirs));
      times.ours.push(await time(ours));
    }
    const [oursMs, theirsMs] = [median(times.ours), median(times.theirs)];
    const ratio = figure.better === "lower" ? oursMs / theirsMs : theirsMs / oursMs;
    return { figure, oursMs, theirsMs, ratio };
  } finally {
    await close();
  }
}

async function time(side: Side): Promise<number> {
  await side.prepare?.();
  try {
    return await (side.measure ?? wallClock)(side.run);
  } finally {
    await side.clear?.();
  }
}

async function wallClock(run: Side["run"]): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}
