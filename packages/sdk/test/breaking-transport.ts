import {
  type KubernetesObject,
  TenantryError,
  type Transport,
  type WatchEvent,
  type WatchRequest,
} from "@tenantry/sdk";

export type Break = "close" | "drop";

/** A transport that a test breaks on purpose; what it carries stays what the API server behind it says. */
export interface BreakingTransport extends Transport {
  /** Ends every open watch: as the server does in time, or as a cut connection does. */
  breakWatches(how: Break): void;
  /** Fails so many of the next lists, and of the watches about to be opened. */
  failNext(lists: number, watches: number): void;
  /** Runs before each page but the first. */
  betweenPages: () => Promise<void>;
  readonly openWatches: number;
}

export function breakOnPurpose(next: Transport, pageSize: number): BreakingTransport {
  const open = new Set<(how: Break) => void>();
  const failures = { lists: 0, watches: 0 };
  const lost = () => new TenantryError("unavailable", "cut on purpose", { reason: "ConnectionLost" });
  return {
    betweenPages: async () => {},
    get openWatches() {
      return open.size;
    },
    breakWatches(how) {
      for (const end of [...open]) end(how);
    },
    failNext(lists, watches) {
      failures.lists = lists;
      failures.watches = watches;
    },
    async send<T>(request: Parameters<Transport["send"]>[0]): Promise<T> {
      if (request.verb !== "list") return next.send<T>(request);
      if (failures.lists-- > 0) throw lost();
      if (request.continue !== undefined) await this.betweenPages();
      return next.send<T>({ ...request, limit: pageSize });
    },
    async *watch<T extends KubernetesObject>(request: WatchRequest): AsyncGenerator<WatchEvent<T>, void, undefined> {
      if (failures.watches-- > 0) throw lost();
      const closing = new AbortController();
      const abort = () => closing.abort();
      request.signal?.addEventListener("abort", abort, { once: true });
      if (request.signal?.aborted === true) abort();
      let end: (how: Break) => void = () => {};
      const broken = new Promise<"close">((resolve, reject) => {
        end = (how) => (how === "close" ? resolve("close") : reject(lost()));
      });
      broken.catch(() => {});
      open.add(end);
      const events = next.watch<T>({ ...request, signal: closing.signal })[Symbol.asyncIterator]();
      try {
        for (;;) {
          const pending = events.next();
          pending.catch(() => {});
          const result = await Promise.race([pending, broken]);
          if (result === "close" || result.done === true) return;
          yield result.value;
        }
      } finally {
        open.delete(end);
        request.signal?.removeEventListener("abort", abort);
        closing.abort();
      }
    },
  };
}
