import type { ApiCall } from "../api-server.js";
import { type ApiObject, cloneJson, isRecord, type JsonRecord } from "../object/api-object.js";
import { badRequest, internalError, invalidObject, notFound } from "../object/failures.js";
import { invalid } from "../object/field-error.js";
import { fromStored } from "../object/stored-form.js";
import { applyJsonPatch } from "../patch/json-patch.js";
import { mergePatch } from "../patch/merge-patch.js";
import { keyOf, type ScalePaths } from "../served-kind.js";
import { type ServerContext, type Target, targetOf, type Written } from "../server-context.js";
import { changeObject } from "./update.js";

/** Source: apiextensions-apiserver/pkg/registry/customresource/etcd.go ScaleREST. */
export async function getScale(context: ServerContext, call: ApiCall): Promise<JsonRecord> {
  const target = targetOf(context, call);
  const stored = await context.store.get(keyOf(target.kind, target.namespace, target.name));
  if (stored === undefined) throw notFound(target.kind.definition.resource, target.name);
  return scaleOf(target, fromStored(target.kind, stored.value, stored.revision));
}

/** Changes the replicas of the object, and nothing else of it. */
export async function changeScale(context: ServerContext, call: ApiCall): Promise<Written> {
  const target = targetOf(context, call);
  const path = pathsOf(target).specReplicasPath;
  const written = await changeObject(context, target, { ...call, subresource: undefined }, (old) => {
    const wanted = wantedScale(call, scaleOf(target, old));
    const { replicas, resourceVersion } = readScale(target, wanted);
    const object = cloneJson(old);
    object.metadata.resourceVersion = resourceVersion;
    writePath(object, path, replicas);
    return { object, warnings: [], recordManager: true, recordedFor: "scale" };
  });
  return { ...written, object: scaleOf(target, written.object) as ApiObject };
}

function wantedScale({ verb, patchType = "merge", body }: ApiCall, current: JsonRecord): unknown {
  if (verb === "update") return body;
  if (patchType === "json") return applyJsonPatch(current, body);
  const { metadata, ...rest } = current;
  const { resourceVersion: _, ...named } = isRecord(metadata) ? metadata : {};
  return mergePatch({ ...rest, metadata: named }, body);
}

function readScale(
  target: Target,
  scale: unknown,
): { readonly replicas: number; readonly resourceVersion: string | undefined } {
  const { kind, name } = target;
  if (!isRecord(scale) || !isRecord(scale.metadata)) throw badRequest("the body must be a Scale of autoscaling/v1");
  if (scale.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${String(scale.metadata.name ?? "")}) does not match the name on the URL (${name})`,
    );
  }
  const replicas = isRecord(scale.spec) ? (scale.spec.replicas ?? 0) : 0;
  if (typeof replicas !== "number" || !Number.isInteger(replicas))
    throw badRequest("spec.replicas of a Scale must be an integer");
  if (replicas < 0) {
    throw invalidObject(kind.definition.resource, name, [
      invalid(pathsOf(target).specReplicasPath, replicas, "should be a non-negative integer"),
    ]);
  }
  const { resourceVersion } = scale.metadata;
  return { replicas, resourceVersion: typeof resourceVersion === "string" ? resourceVersion : undefined };
}

function scaleOf(target: Target, object: ApiObject): JsonRecord {
  const paths = pathsOf(target);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = readPath(object, paths.specReplicasPath);
  if (replicas === undefined) {
    throw internalError(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`);
  }
  const selector = paths.labelSelectorPath === undefined ? undefined : readPath(object, paths.labelSelectorPath);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas },
    status: {
      replicas: readPath(object, paths.statusReplicasPath) ?? 0,
      ...(typeof selector === "string" ? { selector } : {}),
    },
  };
}

function pathsOf({ kind, name }: Target): ScalePaths {
  if (kind.scale === undefined) throw notFound(kind.definition.resource, name);
  return kind.scale;
}

function stepsOf(path: string): string[] {
  return path.split(".").filter((step) => step !== "");
}

function readPath(object: unknown, path: string): unknown {
  let value = object;
  for (const step of stepsOf(path)) value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

function writePath(object: ApiObject, path: string, value: unknown): void {
  const steps = stepsOf(path);
  const last = steps.pop() ?? "";
  let parent: JsonRecord = object;
  for (const step of steps) {
    const inner = parent[step];
    const next = isRecord(inner) ? inner : {};
    parent[step] = next;
    parent = next;
  }
  parent[last] = value;
}
