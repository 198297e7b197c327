import { EVENTS } from "@tenantry/sdk";
import type { ApiObject } from "../apiserver/object/api-object.js";
import { type Address, CONTROLLER_MANAGER, type Controller, type ControllerContext, unlessGone } from "./controller.js";

/** Source: kube-apiserver --event-ttl. */
export const EVENT_TTL_MS = 60 * 60_000;

interface Seen {
  readonly address: Address;
  readonly uid: string | undefined;
  readonly at: number;
}

/** Deletes Events an hour after their last write. It looks when a new one comes, so a quiet server does no work. */
export function eventExpiry(context: ControllerContext, now: () => Date): Controller {
  /** In the order of their last write. */
  const events = new Map<string, Seen>();

  async function expire(): Promise<void> {
    const limit = now().getTime() - EVENT_TTL_MS;
    for (const [key, { address, uid, at }] of events) {
      if (at > limit) return;
      const { namespace, name } = address;
      const call = { verb: "delete", resource: EVENTS, namespace, name, fieldManager: CONTROLLER_MANAGER } as const;
      const body = { kind: "DeleteOptions", apiVersion: "v1", preconditions: { uid } };
      await unlessGone(context.handle({ ...call, body }));
      events.delete(key);
    }
  }

  return {
    observe({ type, address, object }) {
      if (address.group !== "" || address.plural !== EVENTS.plural) return;
      events.delete(address.key);
      if (type === "delete") return;
      events.set(address.key, { address, uid: object.metadata.uid, at: writtenAt(object) ?? now().getTime() });
      const [oldest] = events.values();
      if (oldest !== undefined && oldest.at <= now().getTime() - EVENT_TTL_MS) context.queue.add("events", expire);
    },
  };
}

function writtenAt({ metadata, lastTimestamp }: ApiObject): number | undefined {
  const text = typeof lastTimestamp === "string" ? lastTimestamp : metadata.creationTimestamp;
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
