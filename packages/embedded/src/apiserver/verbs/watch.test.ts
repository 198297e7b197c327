import type { KubernetesList, KubernetesObject, WatchEvent } from "@tenantry/sdk";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { CONFIG_MAPS } from "../../../test/support/config-maps.js";
import { useApiServer } from "../../../test/support/use-api-server.js";
import { createMemoryStore } from "../../store/memory.js";
import { MAX_WATCH_BACKLOG } from "../../store/store.js";
import type { ApiWatchCall, ApiWatchEvent } from "../api-server.js";
import { createApiServer } from "../create-api-server.js";
import { BOOKMARK_INTERVAL_MS } from "./watch.js";

const api = useApiServer();
// Before the server closes: hooks after a test run in reverse order.
afterEach(() => void vi.useRealTimers());

const target = { resource: CONFIG_MAPS, namespace: "default" };
const put = (name: string, labels: Record<string, string> = {}) =>
  api.transport.send<KubernetesObject>({ verb: "create", ...target, body: { metadata: { name, labels } } });
const relabel = (name: string, labels: Record<string, string | null>) =>
  api.transport.send<KubernetesObject>({ verb: "patch", ...target, name, body: { metadata: { labels } } });
const remove = (name: string) => api.transport.send({ verb: "delete", ...target, name });
const list = () => api.transport.send<KubernetesList>({ verb: "list", ...target });

async function take(call: Partial<ApiWatchCall>, count: number): Promise<ApiWatchEvent[]> {
  const events: ApiWatchEvent[] = [];
  for await (const event of api.server.watch({ ...target, ...call })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}
const shown = (events: readonly ApiWatchEvent[]) => events.map(({ type, object }) => `${type} ${object.metadata.name}`);

test("without a resourceVersion shows what is there, then what follows", async () => {
  await put("a");
  const events = take({}, 3);
  await put("b");
  await remove("a");
  expect(shown(await events)).toEqual(["ADDED a", "ADDED b", "DELETED a"]);
});

test("from a list's version shows every change after it, the deletion at its own version", async () => {
  const { metadata } = await put("a");
  const { resourceVersion } = (await list()).metadata;
  await relabel("a", { x: "1" });
  await remove("a");
  const events = await take({ resourceVersion }, 2);
  expect(shown(events)).toEqual(["MODIFIED a", "DELETED a"]);
  expect(events[1]?.object.metadata.labels).toEqual({ x: "1" });
  expect(Number(events[1]?.object.metadata.resourceVersion)).toBe(api.store.revision());
  expect(events[1]?.object.metadata.uid).toBe(metadata.uid);
});

test("with a selector an object comes and goes as it matches", async () => {
  const { resourceVersion } = (await list()).metadata;
  await put("a");
  await relabel("a", { x: "1" });
  await relabel("a", { y: "1" });
  await relabel("a", { x: null });
  await remove("a");
  await put("end", { x: "1" });
  const events = await take({ resourceVersion, labelSelector: "x=1" }, 4);
  expect(shown(events)).toEqual(["ADDED a", "MODIFIED a", "DELETED a", "ADDED end"]);
  expect(events[2]?.object.metadata.labels).toEqual({ x: "1", y: "1" });
});

test("from a version that is forgotten sends one ERROR of 410 and ends", async () => {
  const { resourceVersion } = (await list()).metadata;
  await put("a");
  await api.store.compact(api.store.revision());
  const events = await take({ resourceVersion }, 5);
  expect(events).toMatchObject([
    {
      type: "ERROR",
      object: {
        kind: "Status",
        code: 410,
        reason: "Expired",
        message: "The resourceVersion for the provided watch is too old.",
      },
    },
  ]);
  const follow = (async () => {
    for await (const _ of api.transport.watch({ ...target, resourceVersion }));
  })();
  await expect(follow).rejects.toMatchObject({ code: "expired" });
});

test("sends initial events and marks their end, even when there are none", async () => {
  const call = { sendInitialEvents: true, allowWatchBookmarks: true, resourceVersionMatch: "NotOlderThan" };
  const [first] = await take(call, 1);
  expect(first).toMatchObject({
    type: "BOOKMARK",
    object: { kind: "ConfigMap", apiVersion: "v1", metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
  });
  await put("a");
  expect((await take(call, 2)).map(({ type }) => type)).toEqual(["ADDED", "BOOKMARK"]);
  expect(() => api.server.watch({ ...target, sendInitialEvents: true })).toThrow(
    "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
  );
  expect(() => api.server.watch({ ...target, resourceVersionMatch: "NotOlderThan" })).toThrow(
    "forbidden for watch unless sendInitialEvents is provided",
  );
});

test("sends a bookmark about once a minute to who asks for it, and to nobody else", async () => {
  vi.useFakeTimers();
  const { resourceVersion } = (await list()).metadata;
  const events = take({ resourceVersion, allowWatchBookmarks: true }, 2);
  await vi.advanceTimersByTimeAsync(BOOKMARK_INTERVAL_MS);
  await put("a");
  const seen = await events;
  expect(seen.map(({ type }) => type)).toEqual(["BOOKMARK", "ADDED"]);
  expect(seen[0]?.object.metadata).toEqual({ resourceVersion });
});

test("ends cleanly at its timeout, at an abort and when the server closes", async () => {
  vi.useFakeTimers();
  const timed = take({ timeoutSeconds: 5 }, 1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await timed).toEqual([]);
  const controller = new AbortController();
  const aborted = take({ signal: controller.signal }, 1);
  await vi.advanceTimersByTimeAsync(1);
  controller.abort();
  expect(await aborted).toEqual([]);
  const closed = take({}, 1);
  await vi.advanceTimersByTimeAsync(1);
  await api.server.close();
  expect(await closed).toEqual([]);
});

test("the transport throws the reason of the caller's own abort", async () => {
  const controller = new AbortController();
  const follow = (async () => {
    for await (const _ of api.transport.watch({ ...target, signal: controller.signal }))
      controller.abort(new Error("enough"));
  })();
  await put("a");
  await expect(follow).rejects.toThrow("enough");
});

test("drops a consumer that falls too far behind", async () => {
  const events = api.server.watch(target)[Symbol.asyncIterator]();
  await put("a");
  await events.next();
  await put("b");
  await events.next();
  const value = () =>
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" } });
  for (let index = 0; index < MAX_WATCH_BACKLOG + 2; index++) {
    await api.store.commit([{ type: "put", key: "/core/configmaps/default/a", value }]);
  }
  let last: ApiWatchEvent | undefined;
  for (let result = await events.next(); result.done !== true; result = await events.next()) last = result.value;
  expect(last).toMatchObject({ type: "ERROR", object: { code: 410 } });
}, 60_000);

test("list, then watch, sees every change once, whatever others write meanwhile", async () => {
  const name = fc.constantFrom("a", "b", "c");
  const operation = fc.tuple(fc.constantFrom("put", "relabel", "remove"), name, fc.constantFrom("0", "1"));
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 25 }), fc.nat(25), async (operations, listAfter) => {
      const own = await createApiServer({ store: createMemoryStore() });
      const call = (verb: "create" | "patch" | "delete", extra: object) =>
        own.transport.send({ verb, ...target, ...extra }).catch(() => undefined);
      const state = new Map<string, string>();
      const apply = ({ type, object }: Pick<WatchEvent, "type" | "object">) => {
        const { name: at = "", labels } = object.metadata;
        if (type === "DELETED") expect(state.delete(at)).toBe(true);
        else {
          expect(state.has(at)).toBe(type === "MODIFIED");
          state.set(at, `${object.metadata.resourceVersion} ${labels?.x}`);
        }
      };
      const run = ([verb, at, x]: [string, string, string]) => {
        const metadata = { name: at, labels: { x } };
        if (verb === "put") return call("create", { body: { metadata } });
        return verb === "relabel" ? call("patch", { name: at, body: { metadata } }) : call("delete", { name: at });
      };
      const writing = operations.slice(listAfter).length;
      await Promise.all(operations.slice(0, listAfter).map(run));
      const page = await own.transport.send<KubernetesList>({ verb: "list", ...target });
      for (const object of page.items) apply({ type: "ADDED", object });
      const writes = Promise.all(operations.slice(operations.length - writing).map(run)).then(() =>
        call("create", { body: { metadata: { name: "end" } } }),
      );
      let last = Number(page.metadata.resourceVersion);
      for await (const event of own.transport.watch({ ...target, resourceVersion: page.metadata.resourceVersion })) {
        expect(Number(event.object.metadata.resourceVersion)).toBeGreaterThan(last);
        last = Number(event.object.metadata.resourceVersion);
        apply(event);
        if (event.object.metadata.name === "end") break;
      }
      await writes;
      const { items } = await own.transport.send<KubernetesList>({ verb: "list", ...target });
      expect(state).toEqual(
        new Map(items.map(({ metadata }) => [metadata.name, `${metadata.resourceVersion} ${metadata.labels?.x}`])),
      );
      await own.close();
    }),
    { numRuns: 80 },
  );
});
