import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ErrorCode, isTenantryError, TenantryError } from "../index.js";
import type { Transport, TransportRequest, WatchEvent, WatchRequest } from "../transport/transport.js";
import { type FollowEvent, follow } from "./follow.js";
import { type KubernetesList, type KubernetesObject, SECRETS } from "./object.js";

const failure = (code: ErrorCode, retryAfterMs?: number) =>
  new TenantryError(code, "broken on purpose", { retryAfterMs });

function secret(name: string, resourceVersion: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "team-a", resourceVersion } };
}

const modified = (name: string, resourceVersion: string): WatchEvent => ({
  type: "MODIFIED",
  object: secret(name, resourceVersion),
});

type Step = WatchEvent | TenantryError | "wait";
type Page = {
  readonly items?: readonly KubernetesObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
};

/** Answers lists and watches from two scripts, in order, and counts the watches that are open. */
class ScriptedTransport implements Transport {
  readonly lists: TransportRequest[] = [];
  readonly watches: WatchRequest[] = [];
  openWatches = 0;
  readonly #pages: (Page | TenantryError)[];
  readonly #scripts: (readonly Step[])[];

  constructor(pages: (Page | TenantryError)[], scripts: (readonly Step[])[]) {
    this.#pages = pages;
    this.#scripts = scripts;
  }

  async send<T>(request: TransportRequest): Promise<T> {
    this.lists.push(request);
    const page = this.#pages.shift();
    if (page === undefined) throw new Error("one list too many");
    if (isTenantryError(page)) throw page;
    const { items = [], ...metadata } = page;
    const list: KubernetesList = { apiVersion: "v1", kind: "SecretList", metadata, items };
    return list as T;
  }

  async *watch<T extends KubernetesObject>(request: WatchRequest): AsyncGenerator<WatchEvent<T>> {
    this.watches.push(request);
    this.openWatches += 1;
    try {
      for (const step of this.#scripts.shift() ?? (["wait"] as const)) {
        if (step === "wait") {
          const { signal } = request;
          if (signal?.aborted !== true) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
          throw signal?.reason;
        }
        if (isTenantryError(step)) throw step;
        yield step as WatchEvent<T>;
      }
    } finally {
      this.openWatches -= 1;
    }
  }
}

async function take(events: AsyncIterable<FollowEvent>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) {
    seen.push(
      event.type === "snapshot"
        ? `snapshot ${event.items.map((item) => item.metadata.name).join(",")}`
        : `${event.type} ${event.object.metadata.name}@${event.object.metadata.resourceVersion}`,
    );
    if (seen.length === count) break;
  }
  return seen;
}

describe("follow", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.setTimerTickMode("nextTimerAsync");
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("lists in pages, then watches from the version of the list and asks for bookmarks", async () => {
    const transport = new ScriptedTransport(
      [
        { items: [secret("a", "3")], resourceVersion: "7", continue: "more" },
        { items: [secret("b", "5")], resourceVersion: "7" },
      ],
      [[modified("a", "8")]],
    );
    const options = { namespace: "team-a", labelSelector: "app=x", fieldSelector: "type=Opaque" };
    expect(await take(follow(transport, SECRETS, options), 2)).toEqual(["snapshot a,b", "MODIFIED a@8"]);
    expect(transport.lists).toMatchObject([
      { verb: "list", limit: 500, ...options },
      { limit: 500, continue: "more", ...options },
    ]);
    expect(transport.watches).toMatchObject([{ resourceVersion: "7", allowWatchBookmarks: true, ...options }]);
    expect(transport.watches[0]?.timeoutSeconds).toBeGreaterThanOrEqual(300);
  });

  it("names kind and apiVersion on items, which lists of built-in kinds leave out", async () => {
    const bare = { metadata: { name: "a", resourceVersion: "1" } } as KubernetesObject;
    const transport = new ScriptedTransport([{ items: [bare], resourceVersion: "1" }], []);
    for await (const event of follow(transport, SECRETS)) {
      expect(event).toMatchObject({ items: [{ apiVersion: "v1", kind: "Secret" }] });
      break;
    }
  });

  it("resumes from the last event, or the bookmark after it, when the server closes the watch", async () => {
    const bookmark: WatchEvent = { type: "BOOKMARK", object: secret("", "20") };
    const transport = new ScriptedTransport(
      [{ resourceVersion: "1" }],
      [[modified("a", "2")], [modified("a", "3"), bookmark], [modified("a", "21")]],
    );
    const expected = ["snapshot ", "MODIFIED a@2", "MODIFIED a@3", "MODIFIED a@21"];
    expect(await take(follow(transport, SECRETS), 4)).toEqual(expected);
    expect(transport.watches.map((watch) => watch.resourceVersion)).toEqual(["1", "2", "20"]);
  });

  it.each<ErrorCode>(["unavailable", "resource_exhausted", "deadline_exceeded", "internal"])(
    "resumes after %s, during the watch and when opening it, without a new list",
    async (code) => {
      const transport = new ScriptedTransport(
        [{ resourceVersion: "1" }],
        [[modified("a", "2"), failure(code)], [failure(code)], [modified("a", "3")]],
      );
      const interruptions: unknown[] = [];
      const events = follow(transport, SECRETS, { onInterruption: (error) => interruptions.push(error) });
      expect(await take(events, 3)).toEqual(["snapshot ", "MODIFIED a@2", "MODIFIED a@3"]);
      expect(transport.watches.map((watch) => watch.resourceVersion)).toEqual(["1", "2", "2"]);
      expect(interruptions).toHaveLength(2);
    },
  );

  it("yields a new snapshot after 410, so that what was deleted meanwhile is missed by nobody", async () => {
    const transport = new ScriptedTransport(
      [
        { items: [secret("a", "1"), secret("b", "1")], resourceVersion: "1" },
        { items: [secret("b", "1")], resourceVersion: "90" },
      ],
      [[failure("expired")], [modified("b", "91")]],
    );
    expect(await take(follow(transport, SECRETS), 3)).toEqual(["snapshot a,b", "snapshot b", "MODIFIED b@91"]);
    expect(transport.watches.map((watch) => watch.resourceVersion)).toEqual(["1", "90"]);
  });

  it("lists from the start when a page has expired, and never mixes pages of two lists", async () => {
    const transport = new ScriptedTransport(
      [
        { items: [secret("gone", "1")], resourceVersion: "7", continue: "old" },
        failure("expired"),
        { items: [secret("a", "8")], resourceVersion: "9" },
      ],
      [],
    );
    expect(await take(follow(transport, SECRETS), 1)).toEqual(["snapshot a"]);
    expect(transport.lists.map((list) => list.continue)).toEqual([undefined, "old", undefined]);
  });

  it("lists again when the server is away during the list that follows a 410", async () => {
    const transport = new ScriptedTransport(
      [{ items: [secret("a", "1")], resourceVersion: "1" }, failure("unavailable"), { resourceVersion: "9" }],
      [[failure("expired")]],
    );
    expect(await take(follow(transport, SECRETS), 2)).toEqual(["snapshot a", "snapshot "]);
  });

  it("waits as long as the server asks before it comes back", async () => {
    vi.setTimerTickMode("manual");
    const transport = new ScriptedTransport(
      [{ resourceVersion: "1" }],
      [[failure("resource_exhausted", 60_000)], [modified("a", "2")]],
    );
    const events = follow(transport, SECRETS);
    await events.next();
    const next = events.next();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(transport.watches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await next).toMatchObject({ value: { type: "MODIFIED" } });
    await events.return?.();
  });

  it("slows down while every watch ends at once, and does not list in between", async () => {
    vi.setTimerTickMode("manual");
    const transport = new ScriptedTransport(
      [{ resourceVersion: "1" }],
      Array.from({ length: 1000 }, () => []),
    );
    const events = follow(transport, SECRETS);
    await events.next();
    const pending = events.next();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transport.watches.length).toBeGreaterThan(8);
    expect(transport.watches.length).toBeLessThan(25);
    expect(transport.lists).toHaveLength(1);
    await events.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it.each<ErrorCode>(["permission_denied", "unauthenticated", "not_found", "invalid_argument"])(
    "throws %s, which waiting does not mend",
    async (code) => {
      const transport = new ScriptedTransport([{ resourceVersion: "1" }], [[modified("a", "2"), failure(code)]]);
      await expect(take(follow(transport, SECRETS), 9)).rejects.toMatchObject({ code });
      expect(transport.openWatches).toBe(0);
    },
  );

  it("gives up on an internal error that does not go away", async () => {
    const transport = new ScriptedTransport(
      [{ resourceVersion: "1" }],
      Array.from({ length: 99 }, () => [failure("internal")]),
    );
    await expect(take(follow(transport, SECRETS), 9)).rejects.toMatchObject({ code: "internal" });
    expect(transport.watches.length).toBeLessThan(10);
  });

  it("tells a caller who has no snapshot yet that the server is away, instead of waiting in silence", async () => {
    const transport = new ScriptedTransport([failure("unavailable")], []);
    await expect(take(follow(transport, SECRETS), 1)).rejects.toMatchObject({ code: "unavailable" });
  });

  describe("closes its watch", () => {
    const waiting = () => new ScriptedTransport([{ resourceVersion: "1" }], [[modified("a", "2"), "wait"]]);

    it("when the consumer breaks", async () => {
      const transport = waiting();
      await take(follow(transport, SECRETS), 2);
      expect(transport.watches).toHaveLength(1);
      expect(transport.openWatches).toBe(0);
    });

    it("when the consumer throws", async () => {
      const transport = waiting();
      const consume = async () => {
        for await (const event of follow(transport, SECRETS)) if (event.type === "MODIFIED") throw new Error("mine");
      };
      await expect(consume()).rejects.toThrow("mine");
      expect(transport.openWatches).toBe(0);
    });

    it("when the caller aborts, which ends the loop without an error", async () => {
      const transport = waiting();
      const caller = new AbortController();
      const seen: string[] = [];
      for await (const event of follow(transport, SECRETS, { signal: caller.signal })) {
        seen.push(event.type);
        if (event.type === "MODIFIED") setImmediate(() => caller.abort());
      }
      expect(seen).toEqual(["snapshot", "MODIFIED"]);
      expect(transport.openWatches).toBe(0);
    });

    it("when the iterator is returned while it waits for an event, as a subscription's is", async () => {
      const transport = waiting();
      const events = follow(transport, SECRETS);
      await events.next();
      await events.next();
      const pending = events.next();
      await events.return?.();
      expect(await pending).toEqual({ done: true, value: undefined });
      expect(transport.openWatches).toBe(0);
    });
  });

  it("does not even list when the signal has fired already", async () => {
    const transport = new ScriptedTransport([], []);
    expect(await take(follow(transport, SECRETS, { signal: AbortSignal.abort() }), 1)).toEqual([]);
    expect(transport.lists).toHaveLength(0);
  });
});
