import { EXIT_CODES } from "./exit-code.js";

/** npm passes Ctrl-C on to a child that the terminal has told already; two signals this close together are one wish. */
const SAME_WISH_MS = 500;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Shutdown {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
  /** Gives the signals back. */
  dispose(): void;
}

export interface ShutdownOptions {
  readonly onRequest: () => void;
  /** The second signal: stop at once. */
  readonly onForce?: () => void;
  readonly now?: () => number;
}

/** Turns Ctrl-C, SIGTERM and a closed terminal into one wish to stop; asked a second time, the process ends at once. */
export function listenForShutdown({ onRequest, onForce = forceExit, now = Date.now }: ShutdownOptions): Shutdown {
  const controller = new AbortController();
  const { promise: requested, resolve } = promiseWithResolver();
  let requestedAt: number | undefined;
  const onSignal = () => {
    if (requestedAt === undefined) {
      requestedAt = now();
      onRequest();
      controller.abort(new DOMException("asked to stop", "AbortError"));
      resolve();
    } else if (now() - requestedAt > SAME_WISH_MS) {
      onForce();
    }
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    requested,
    dispose() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

function promiseWithResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function forceExit(): never {
  process.exit(EXIT_CODES.forced);
}
