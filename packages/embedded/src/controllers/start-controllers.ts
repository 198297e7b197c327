import { isTenantryError } from "@tenantry/sdk";
import type { ApiObject } from "../apiserver/object/api-object.js";
import type { Store } from "../store/store.js";
import { addressOf, type Controller, type ControllerContext } from "./controller.js";
import { definitionController } from "./definition-controller.js";
import { eventExpiry } from "./event-expiry.js";
import { garbageCollector } from "./garbage-collector.js";
import { NamedWork } from "./named-work.js";
import { namespaceController } from "./namespace-controller.js";

/**
 * What runs beside the API server in a real cluster. Off means what an API server alone does: terminating namespaces and definitions
 * stay, dependents of deleted owners stay.
 */
export interface ControllerSwitches {
  readonly namespaces?: boolean | undefined;
  readonly definitions?: boolean | undefined;
  readonly garbageCollector?: boolean | undefined;
  readonly eventExpiry?: boolean | undefined;
}

export interface RunningControllers {
  close(): Promise<void>;
}

/** Starts the controllers that are not switched off. */
export function startControllers(
  store: Store,
  server: Pick<ControllerContext, "registry" | "handle"> & { now(): Date },
  switches: ControllerSwitches = {},
): RunningControllers {
  const closing = new AbortController();
  const queue = new NamedWork();
  const context: ControllerContext = { ...server, queue };

  function create(): Controller[] {
    return [
      ...(switches.namespaces === false ? [] : [namespaceController(context, server.now)]),
      ...(switches.definitions === false ? [] : [definitionController(context, store)]),
      ...(switches.garbageCollector === false ? [] : [garbageCollector(context)]),
      ...(switches.eventExpiry === false ? [] : [eventExpiry(context, server.now)]),
    ];
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      // New ones after a lost position: what they knew may be gone.
      const controllers = create();
      if (controllers.length === 0) return;
      const observe = (type: "put" | "delete", key: string, value: string) => {
        const change = { type, address: addressOf(key), object: JSON.parse(value) as ApiObject };
        for (const controller of controllers) controller.observe(change);
      };
      const { items, revision } = await store.list("/");
      for (const { key, value } of items) observe("put", key, value);
      try {
        for await (const { type, key, value } of store.watch("/", revision, closing.signal)) observe(type, key, value);
        return;
      } catch (error) {
        if (!isTenantryError(error) || error.code !== "expired") throw error;
      }
    }
  }

  const running = run();
  return {
    async close() {
      closing.abort();
      await running;
      await queue.close();
    },
  };
}
