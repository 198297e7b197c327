import type { ApiAnswer, ApiCall } from "../apiserver/api-server.js";
import { ApiError } from "../apiserver/api-server.js";
import type { KindRegistry } from "../apiserver/kind-registry.js";
import type { ApiObject } from "../apiserver/object/api-object.js";
import type { ServedKind } from "../apiserver/served-kind.js";
import type { NamedWork } from "./named-work.js";

/** What controllers see of the server: every stored change, and the same verbs as any client. */
export interface ControllerContext {
  readonly registry: KindRegistry;
  readonly queue: NamedWork;
  handle(call: ApiCall): Promise<ApiAnswer>;
}

export interface Controller {
  /** Told of each object as it is at the start, then of each change in commit order. Decides what work to queue. */
  observe(change: ObservedChange): void;
}

export interface ObservedChange {
  readonly type: "put" | "delete";
  readonly address: Address;
  /** As stored: the new state, for a delete the last. */
  readonly object: ApiObject;
}

/** Where an object is stored, read from its key. */
export interface Address {
  readonly key: string;
  readonly group: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export function addressOf(key: string): Address {
  const [, group = "", plural = "", first = "", second] = key.split("/");
  return {
    key,
    group: group === "core" ? "" : group,
    plural,
    namespace: second === undefined ? undefined : first,
    name: second ?? first,
  };
}

/** Any served version of the kind that is stored there. */
export function servedKindAt(registry: KindRegistry, { group, plural }: Address): ServedKind | undefined {
  return registry
    .all()
    .find(({ definition }) => definition.resource.group === group && definition.resource.plural === plural);
}

/** Runs a call about one object; undefined when that object is gone, which is as good as done. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

export const CONTROLLER_MANAGER = "tenantry-controllers";
