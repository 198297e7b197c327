import { createTestPlane, type TestPlane } from "@tenantry/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  type FollowEvent,
  follow,
  type KubernetesList,
  type KubernetesObject,
  NAMESPACES,
  SECRETS,
} from "../src/index.js";
import { type BreakingTransport, breakOnPurpose } from "./breaking-transport.js";

/** Few names, so that most writes meet an object that is there. Small pages, so that every list has several. */
const NAMES = ["a", "b", "c", "d", "e"];
const PAGE_SIZE = 2;
const END = "z-end";

interface Command {
  readonly type: "create" | "touch" | "delete" | "close" | "drop" | "expire" | "fail";
  readonly name: string;
  /** Of the next lists and watches, how many fail. */
  readonly failures: readonly [lists: number, watches: number];
  /** How far the follower gets before the next command. */
  readonly turns: number;
}

const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.record({
    type: fc.constantFrom("create", "create", "touch", "touch", "delete", "delete", "close", "drop", "expire", "fail"),
    name: fc.constantFrom(...NAMES),
    failures: fc.tuple(fc.nat(3), fc.nat(3)),
    turns: fc.nat(4),
  }),
  { maxLength: 60 },
);

let plane: TestPlane;
let namespaces = 0;
beforeAll(async () => {
  plane = await createTestPlane();
  // Waits pass at once, so bookmarks, the ends of watches and every delay happen all the time.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.setTimerTickMode("nextTimerAsync");
});
afterAll(async () => {
  vi.useRealTimers();
  await plane.close();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What a consumer believes, and an objection to every event that it could not have followed from what it knew. */
class Belief {
  readonly versions = new Map<string, string>();
  snapshots = 0;

  see(event: FollowEvent): void {
    if (event.type === "snapshot") {
      this.snapshots += 1;
      this.versions.clear();
      for (const { metadata } of event.items)
        this.versions.set(String(metadata.name), String(metadata.resourceVersion));
      return;
    }
    const { name = "", resourceVersion = "" } = event.object.metadata;
    const known = this.versions.get(name);
    if ((event.type === "ADDED") === (known !== undefined))
      throw new Error(`${event.type} ${name}, which was ${known ?? "absent"}`);
    if (known !== undefined && Number(resourceVersion) <= Number(known)) throw new Error(`${name} went back in time`);
    if (event.type === "DELETED") this.versions.delete(name);
    else this.versions.set(name, resourceVersion);
  }
}

async function believe(transport: BreakingTransport, namespace: string): Promise<Belief> {
  const belief = new Belief();
  for await (const event of follow(transport, SECRETS, { namespace })) {
    belief.see(event);
    if (belief.versions.has(END)) return belief;
  }
  throw new Error("the stream ended by itself");
}

async function carryOut(
  { type, name, failures }: Command,
  transport: BreakingTransport,
  namespace: string,
): Promise<void> {
  const target = { resource: SECRETS, namespace, name };
  const step = Buffer.from(String(performance.now())).toString("base64");
  const writes = {
    create: () => plane.transport.send({ verb: "create", ...target, body: secret(name) }),
    touch: () => plane.transport.send({ verb: "patch", ...target, body: { data: { step } } }),
    delete: () => plane.transport.send({ verb: "delete", ...target }),
  };
  if (type === "fail") transport.failNext(...failures);
  else if (type === "close" || type === "drop") transport.breakWatches(type);
  else if (type === "expire") {
    // Something has to happen while the follower does not look, or its position stays good.
    transport.breakWatches("drop");
    await writes.delete().catch(writes.create);
    await plane.expireHistory();
  } else await writes[type]().catch(() => {}); // what is there cannot be created, what is not cannot be touched
}

const secret = (name: string) => ({ apiVersion: "v1", kind: "Secret", metadata: { name } });

it("follows any writes through any breaks and ends with exactly what the server has", async () => {
  let relists = 0;
  await fc.assert(
    fc.asyncProperty(commands, async (script) => {
      const namespace = `follow-${namespaces++}`;
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
      await plane.transport.send({ verb: "create", resource: NAMESPACES, body });
      const transport = breakOnPurpose(plane.transport, PAGE_SIZE);
      const believed = believe(transport, namespace);
      believed.catch(() => {});
      await expect.poll(() => transport.openWatches, { interval: 0 }).toBe(1);
      for (const command of script) {
        await carryOut(command, transport, namespace);
        for (let i = 0; i < command.turns; i++) await turn();
      }
      await plane.transport.send({ verb: "create", resource: SECRETS, namespace, body: secret(END) });
      const belief = await believed;
      const { items } = await plane.transport.send<KubernetesList>({ verb: "list", resource: SECRETS, namespace });
      const truth = items.map(({ metadata }: KubernetesObject) => [metadata.name, metadata.resourceVersion]);
      expect([...belief.versions].sort()).toEqual(truth);
      expect(transport.openWatches).toBe(0);
      relists += belief.snapshots - 1;
    }),
    { numRuns: 300 },
  );
  expect(relists).toBeGreaterThan(50);
});

it("never mixes the pages of two lists when the first one expires between them", async () => {
  const transport = breakOnPurpose(plane.transport, PAGE_SIZE);
  const target = (name: string) => ({ resource: SECRETS, namespace: "team-a", name });
  for (const name of NAMES) {
    await plane.transport.send({
      verb: "create",
      ...target(name),
      body: { metadata: { name }, kind: "Secret", apiVersion: "v1" },
    });
  }
  let pages = 0;
  transport.betweenPages = async () => {
    pages += 1;
    if (pages !== 1) return;
    await plane.transport.send({ verb: "delete", ...target("a") });
    await plane.expireHistory();
  };
  for await (const event of follow(transport, SECRETS, { namespace: "team-a" })) {
    expect(event.type === "snapshot" && event.items.map(({ metadata }) => metadata.name)).toEqual(["b", "c", "d", "e"]);
    break;
  }
  expect(pages).toBeGreaterThan(1);
});
