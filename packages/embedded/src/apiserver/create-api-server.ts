import { type ControllerSwitches, startControllers } from "../controllers/start-controllers.js";
import type { Store } from "../store/store.js";
import type { Admission } from "./admission.js";
import type { ApiAnswer, ApiCall, ApiServer } from "./api-server.js";
import { ApiError } from "./api-server.js";
import { inProcessTransport } from "./in-process-transport.js";
import { KindRegistry } from "./kind-registry.js";
import { configMapKind } from "./kinds/config-map.js";
import { customResourceDefinitionKind, loadDefinitions } from "./kinds/custom-resource-definition.js";
import { eventKind } from "./kinds/event.js";
import { namespaceKind, SYSTEM_NAMESPACES } from "./kinds/namespace.js";
import { secretKind } from "./kinds/secret.js";
import { serviceKind } from "./kinds/service.js";
import { badRequest, methodNotAllowed, toApiError } from "./object/failures.js";
import type { ServerContext } from "./server-context.js";
import { applyObject } from "./verbs/apply.js";
import { createObject } from "./verbs/create.js";
import { deleteObject } from "./verbs/delete.js";
import { deleteCollection } from "./verbs/delete-collection.js";
import { checkFieldManager } from "./verbs/field-manager.js";
import { getObject, listObjects } from "./verbs/list.js";
import { patchObject } from "./verbs/patch.js";
import { changeScale, getScale } from "./verbs/scale.js";
import { updateObject } from "./verbs/update.js";
import { watchObjects } from "./verbs/watch.js";

export interface ApiServerOptions {
  readonly store: Store;
  /** The operators' webhooks, keyed `<plural>.<group>`. */
  readonly admissions?: Readonly<Record<string, readonly Admission[]>> | undefined;
  /** The time that objects are stamped with. The system's when absent. */
  readonly clock?: (() => Date) | undefined;
  /** All run when absent. */
  readonly controllers?: ControllerSwitches | undefined;
}

/** Serves the Kubernetes API over `store`. Closing it ends its watches and leaves the store open. */
export async function createApiServer({
  store,
  admissions = {},
  clock,
  controllers,
}: ApiServerOptions): Promise<ApiServer> {
  const registry = new KindRegistry();
  const closing = new Set<() => void>();
  const context: ServerContext = { store, registry, now: clock ?? (() => new Date()), closing };
  const definitionKind = customResourceDefinitionKind(registry, admissions, context.now);
  for (const kind of [namespaceKind, secretKind, configMapKind, eventKind, serviceKind, definitionKind]) {
    registry.addBuiltIn(kind);
  }
  await loadDefinitions(context, definitionKind);
  await createSystemNamespaces(context);

  const server: Omit<ApiServer, "transport" | "close"> = {
    async handle(call) {
      try {
        return await answer(context, call);
      } catch (error) {
        throw toApiError(error);
      }
    },
    watch: (call) => watchObjects(context, call),
    definitions: () => registry.definitions(),
    find: (group, version, plural) => registry.find({ group, version, plural })?.definition,
  };
  const running = startControllers(
    store,
    { registry, now: context.now, handle: (call) => answer(context, call) },
    controllers,
  );
  return {
    ...server,
    transport: inProcessTransport(server),
    async close() {
      await running.close();
      for (const close of [...closing]) close();
    },
  };
}

async function answer(context: ServerContext, call: ApiCall): Promise<ApiAnswer> {
  checkFieldManager(call);
  if (call.subresource === "scale") {
    if (call.verb === "get") return { httpStatus: 200, body: await getScale(context, call), warnings: [] };
    if (call.verb !== "update" && call.verb !== "patch") throw methodNotAllowed(call.resource, call.verb);
    const { object, ...rest } = await changeScale(context, call);
    return { ...rest, body: object };
  }
  switch (call.verb) {
    case "get":
      return { httpStatus: 200, body: await getObject(context, call), warnings: [] };
    case "list":
      return { httpStatus: 200, body: await listObjects(context, call), warnings: [] };
    case "create": {
      const { object, ...rest } = await createObject(context, call);
      return { ...rest, body: object };
    }
    case "update": {
      const { object, ...rest } = await updateObject(context, call);
      return { ...rest, body: object };
    }
    case "patch": {
      const { object, ...rest } = await patchObject(context, call);
      return { ...rest, body: object };
    }
    case "apply": {
      const { object, ...rest } = await applyObject(context, call);
      return { ...rest, body: object };
    }
    case "delete": {
      const { httpStatus, body } = await deleteObject(context, call);
      return { httpStatus, body, warnings: [] };
    }
    case "deletecollection":
      return { httpStatus: 200, body: await deleteCollection(context, call), warnings: [] };
    default:
      throw badRequest(`unknown verb ${String(call.verb)}`);
  }
}

async function createSystemNamespaces(context: ServerContext): Promise<void> {
  for (const name of SYSTEM_NAMESPACES) {
    const body = { metadata: { name } };
    try {
      await createObject(context, {
        verb: "create",
        resource: namespaceKind.definition.resource,
        body,
        fieldManager: "tenantry",
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    }
  }
}
