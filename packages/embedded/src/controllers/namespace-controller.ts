import { type Condition, NAMESPACES } from "@tenantry/sdk";
import { namespaceFinalizers } from "../apiserver/kinds/namespace.js";
import type { ApiObject } from "../apiserver/object/api-object.js";
import { timestamp } from "../apiserver/object/api-object.js";
import { CONTROLLER_MANAGER, type Controller, type ControllerContext, unlessGone } from "./controller.js";

const FINALIZER = "kubernetes";

/**
 * Empties a namespace that is being deleted, then lets it go.
 * Source: kubernetes/kubernetes pkg/controller/namespace/deletion.
 */
export function namespaceController(context: ControllerContext, now: () => Date): Controller {
  const terminating = new Set<string>();
  const check = (name: string) => context.queue.add(`namespace ${name}`, () => empty(name));

  async function empty(name: string): Promise<void> {
    const target = { resource: NAMESPACES, name, fieldManager: CONTROLLER_MANAGER };
    const found = await unlessGone(context.handle({ ...target, verb: "get" }));
    if (found === undefined) return;
    const namespace = found.body as unknown as ApiObject;
    let remaining = 0;
    let finalizers = 0;
    for (const resource of namespacedResources(context)) {
      const call = { resource, namespace: name, fieldManager: CONTROLLER_MANAGER };
      await context.handle({ ...call, verb: "deletecollection" });
      const { items } = (await context.handle({ ...call, verb: "list" })).body as unknown as { items: ApiObject[] };
      remaining += items.length;
      finalizers += items.filter((item) => (item.metadata.finalizers ?? []).length > 0).length;
    }
    if (remaining === 0) {
      const kept = namespaceFinalizers(namespace).filter((one) => one !== FINALIZER);
      const body = { ...namespace, spec: { finalizers: kept } };
      await context.handle({ ...target, verb: "update", subresource: "finalize", body });
      return;
    }
    const conditions = remainingConditions(remaining, finalizers, timestamp(now()));
    const before = (namespace.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
    const kept = conditions.map((one) => {
      const old = before.find(({ type }) => type === one.type);
      return old?.status === one.status ? { ...one, lastTransitionTime: old.lastTransitionTime } : one;
    });
    const body = { ...namespace, status: { phase: "Terminating", conditions: kept } };
    await context.handle({ ...target, verb: "update", subresource: "status", body });
  }

  return {
    observe({ type, address, object }) {
      if (address.group === "" && address.plural === "namespaces") {
        if (type === "delete") terminating.delete(address.name);
        else if (object.metadata.deletionTimestamp !== undefined && namespaceFinalizers(object).includes(FINALIZER)) {
          if (!terminating.has(address.name)) check(address.name);
          terminating.add(address.name);
        }
      } else if (type === "delete" && address.namespace !== undefined && terminating.has(address.namespace)) {
        check(address.namespace);
      }
    },
  };

  function namespacedResources({ registry }: ControllerContext) {
    const byStorage = new Map(registry.all().map((kind) => [kind.keyPrefix, kind.definition.resource]));
    return [...byStorage.values()].filter((resource) => resource.scope === "Namespaced");
  }
}

function remainingConditions(remaining: number, finalizers: number, time: string): Condition[] {
  const condition = (type: string, is: boolean, reason: string, message: string): Condition => ({
    type,
    status: is ? "True" : "False",
    lastTransitionTime: time,
    reason,
    message,
  });
  return [
    condition(
      "NamespaceDeletionDiscoveryFailure",
      false,
      "ResourcesDiscovered",
      "All resources successfully discovered",
    ),
    condition(
      "NamespaceDeletionGroupVersionParsingFailure",
      false,
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ),
    condition(
      "NamespaceDeletionContentFailure",
      false,
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization",
    ),
    condition(
      "NamespaceContentRemaining",
      true,
      "SomeResourcesRemain",
      `Some resources are remaining: ${remaining} in all`,
    ),
    condition(
      "NamespaceFinalizersRemaining",
      finalizers > 0,
      finalizers > 0 ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
      `Some content in the namespace has finalizers remaining: ${finalizers} in all`,
    ),
  ];
}
