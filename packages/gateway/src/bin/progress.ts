import type { WriteStream } from "node:tty";

/** Shows what a command is doing while a person waits. */
export interface Progress {
  /** Ends the step before, if there is one, and begins this. */
  step(text: string): void;
  /** Ends the last step. */
  done(): void;
  /** Marks the present step as the one that failed. */
  failed(): void;
}

export interface ProgressOptions {
  readonly output: Pick<WriteStream, "write"> & { readonly isTTY?: boolean | undefined };
  readonly now?: () => number;
}

/** Return to the line's start and erase it. */
const ERASE_LINE = "\r\u001b[2K";

/** On a terminal a step's line is rewritten when it ends; elsewhere (a log, CI) each step is one line, once it has ended. */
export function createProgress({ output, now = Date.now }: ProgressOptions): Progress {
  let current: { text: string; since: number } | undefined;
  const end = (mark: string) => {
    if (current === undefined) return;
    const seconds = ((now() - current.since) / 1000).toFixed(1);
    output.write(`${output.isTTY === true ? ERASE_LINE : ""}${mark} ${current.text} (${seconds} s)\n`);
    current = undefined;
  };
  return {
    step(text) {
      end("✓");
      current = { text, since: now() };
      if (output.isTTY === true) output.write(`· ${text} …`);
    },
    done: () => end("✓"),
    failed: () => end("✗"),
  };
}
