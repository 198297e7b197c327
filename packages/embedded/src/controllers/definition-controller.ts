import {
  CLEANUP_FINALIZER,
  CUSTOM_RESOURCE_DEFINITIONS,
  type DefinitionObject,
} from "../apiserver/kinds/custom-resource-definition.js";
import type { ApiObject } from "../apiserver/object/api-object.js";
import { keyPrefixOf } from "../apiserver/served-kind.js";
import type { Store } from "../store/store.js";
import {
  addressOf,
  CONTROLLER_MANAGER,
  type Controller,
  type ControllerContext,
  servedKindAt,
  unlessGone,
} from "./controller.js";

/**
 * Deletes the objects of a definition that is being deleted, then lets the definition go.
 * Source: apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go.
 */
export function definitionController(context: ControllerContext, store: Store): Controller {
  /** Key prefixes of the objects of terminating definitions, with the definition's name. */
  const terminating = new Map<string, string>();
  const check = (prefix: string, name: string) => context.queue.add(`definition ${name}`, () => empty(prefix, name));

  async function empty(prefix: string, name: string): Promise<void> {
    const target = { resource: CUSTOM_RESOURCE_DEFINITIONS, name, fieldManager: CONTROLLER_MANAGER };
    const found = await unlessGone(context.handle({ ...target, verb: "get" }));
    if (found === undefined) return;
    const definition = found.body as unknown as ApiObject;
    for (const { key, revision } of (await store.list(prefix)).items) {
      const address = addressOf(key);
      const kind = servedKindAt(context.registry, address);
      if (kind === undefined) {
        // No version is served, so no verb reaches it.
        await store.commit([{ type: "delete", key, ifRevision: revision }]);
        continue;
      }
      const { resource } = kind.definition;
      const call = { resource, namespace: address.namespace, name: address.name, fieldManager: CONTROLLER_MANAGER };
      await unlessGone(context.handle({ ...call, verb: "delete" }));
    }
    if ((await store.list(prefix, { limit: 1 })).items.length > 0) return;
    const finalizers = (definition.metadata.finalizers ?? []).filter((one) => one !== CLEANUP_FINALIZER);
    const body = { ...definition, metadata: { ...definition.metadata, finalizers } };
    await context.handle({ ...target, verb: "update", body });
  }

  return {
    observe({ type, address, object }) {
      if (
        address.plural === CUSTOM_RESOURCE_DEFINITIONS.plural &&
        address.group === CUSTOM_RESOURCE_DEFINITIONS.group
      ) {
        const { spec, metadata } = object as DefinitionObject;
        const prefix = keyPrefixOf({ group: spec.group, plural: spec.names.plural });
        if (type === "delete") terminating.delete(prefix);
        else if (
          metadata.deletionTimestamp !== undefined &&
          metadata.finalizers?.includes(CLEANUP_FINALIZER) === true
        ) {
          if (!terminating.has(prefix)) check(prefix, address.name);
          terminating.set(prefix, address.name);
        }
      } else if (type === "delete") {
        const prefix = keyPrefixOf(address);
        const name = terminating.get(prefix);
        if (name !== undefined) check(prefix, name);
      }
    },
  };
}
