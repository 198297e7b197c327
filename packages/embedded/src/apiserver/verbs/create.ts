import { randomInt, randomUUID } from "node:crypto";
import type { ApiCall } from "../api-server.js";
import { recordCreate } from "../apply/record-update.js";
import { type ApiObject, equalJson, timestamp } from "../object/api-object.js";
import { decodeBody } from "../object/decode-body.js";
import {
  alreadyExists,
  badRequest,
  forbiddenCall,
  methodNotAllowed,
  nameNotGenerated,
  rawFailure,
} from "../object/failures.js";
import { fromStored } from "../object/stored-form.js";
import type { ServedKind } from "../served-kind.js";
import { kindOf, type ServerContext, type Written } from "../server-context.js";
import { admit } from "./admit.js";
import { commitNew } from "./commit.js";

/** Source of the order of steps: apiserver/pkg/registry/generic/registry/store.go Create and registry/rest/create.go. */
export async function createObject(context: ServerContext, call: ApiCall): Promise<Written> {
  const kind = kindOf(context, call);
  if ((call.subresource ?? "") !== "") throw methodNotAllowed(kind.definition.resource, "create");
  const { object, warnings } = decodeBody(kind, call.body, call.fieldValidation);
  return writeNew(context, kind, object, call, { warnings, recordManager: true });
}

export interface NewObject {
  readonly warnings: readonly string[];
  /** Apply has already written its own managedFields. */
  readonly recordManager: boolean;
}

/** Stores an object that must not exist yet; the last step of create, of apply and of PUT where PUT creates. */
export async function writeNew(
  context: ServerContext,
  kind: ServedKind,
  decoded: ApiObject,
  call: ApiCall,
  { warnings, recordManager }: NewObject,
): Promise<Written> {
  const { resource } = kind.definition;
  if (kind.terminating) {
    throw forbiddenCall(
      resource,
      decoded.metadata.name ?? "",
      "create not allowed while custom resource definition is terminating",
    );
  }
  const { metadata } = decoded;
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== "") {
    throw rawFailure("resourceVersion should not be set on objects to be created");
  }
  placeInNamespace(decoded, kind, call);
  const repeated = dropRepeatedOwners(decoded);
  const isGenerated = isEmpty(metadata.name) && !isEmpty(metadata.generateName);
  for (let attempt = 1; ; attempt++) {
    if (isGenerated) metadata.name = generatedName(metadata.generateName ?? "");
    const prepared = prepare(context, kind, decoded);
    const object = recordManager ? recordCreator(kind, prepared, decoded, call, context.now()) : prepared;
    const admitted = admit(kind, "create", object, undefined);
    const outcome = await commitNew(context, kind, admitted.object, call.dryRun === true);
    if (outcome.found === undefined) {
      return { object: outcome.object, httpStatus: 201, warnings: [...warnings, ...repeated, ...admitted.warnings] };
    }
    const name = metadata.name ?? "";
    if (isGenerated && attempt < MAX_NAMES) continue;
    if (isGenerated) throw nameNotGenerated(resource, name);
    const found = fromStored(kind, outcome.found.value, outcome.found.revision);
    const prefix = found.metadata.deletionTimestamp === undefined ? "" : "object is being deleted: ";
    throw alreadyExists(resource, name, prefix);
  }
}

/** What the server filled in by itself, a status or the finalizers of a namespace, belongs to nobody. */
function recordCreator(
  kind: ServedKind,
  prepared: ApiObject,
  given: ApiObject,
  { fieldManager }: ApiCall,
  now: Date,
): ApiObject {
  const own = Object.fromEntries(Object.entries(prepared).filter(([member]) => Object.hasOwn(given, member)));
  const { metadata } = recordCreate(kind, own as ApiObject, fieldManager, now);
  return { ...prepared, metadata };
}

const MAX_NAMES = 8;
// Source: apimachinery/pkg/util/rand and apiserver/pkg/storage/names/generate.go.
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const MAX_PREFIX_LENGTH = 63 - SUFFIX_LENGTH;

function generatedName(prefix: string): string {
  let name = prefix.slice(0, MAX_PREFIX_LENGTH);
  for (let index = 0; index < SUFFIX_LENGTH; index++) name += SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)];
  return name;
}

function placeInNamespace({ metadata }: ApiObject, kind: ServedKind, call: ApiCall): void {
  if (kind.definition.resource.scope === "Cluster") {
    delete metadata.namespace;
    return;
  }
  if (isEmpty(call.namespace)) throw badRequest("an empty namespace may not be set during creation");
  if (!isEmpty(metadata.namespace) && metadata.namespace !== call.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  metadata.namespace = call.namespace;
}

/** Source of the text: apiserver/pkg/endpoints/handlers/rest.go, dedupOwnerReferencesAndAddWarning. */
function dropRepeatedOwners({ metadata }: ApiObject): string[] {
  const owners = metadata.ownerReferences ?? [];
  const distinct = owners.filter((owner, index) => owners.findIndex((one) => equalJson(one, owner)) === index);
  if (distinct.length === owners.length) return [];
  metadata.ownerReferences = distinct;
  return [
    ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests",
  ];
}

function prepare(context: ServerContext, kind: ServedKind, decoded: ApiObject): ApiObject {
  const { name, generateName, namespace, labels, annotations, ownerReferences, finalizers, managedFields } =
    decoded.metadata;
  const object: ApiObject = {
    ...decoded,
    metadata: {
      name,
      ...(isEmpty(generateName) ? {} : { generateName }),
      ...(namespace === undefined ? {} : { namespace }),
      uid: randomUUID(),
      ...(kind.definition.hasGeneration ? { generation: 1 } : {}),
      creationTimestamp: timestamp(context.now()),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(managedFields === undefined ? {} : { managedFields }),
    },
  };
  if (kind.definition.subresources.includes("status")) delete object.status;
  kind.rules.prepareCreate(object);
  return object;
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === "";
}
