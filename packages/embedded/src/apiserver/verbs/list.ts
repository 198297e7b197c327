import { apiVersionOf, isTenantryError } from "@tenantry/sdk";
import type { ApiCall, ApiError } from "../api-server.js";
import type { ApiObject, JsonRecord } from "../object/api-object.js";
import {
  badRequest,
  ExpiredContinue,
  expiredCall,
  futureRevision,
  invalidOptions,
  notFound,
  rawFailure,
} from "../object/failures.js";
import { forbidden, notSupported } from "../object/field-error.js";
import { fromStored } from "../object/stored-form.js";
import { matchesFields, parseFieldSelector } from "../selector/field-selector.js";
import { matchesLabels, parseLabelSelector } from "../selector/label-selector.js";
import { keyOf, prefixOf, type ServedKind } from "../served-kind.js";
import { kindOf, type ServerContext, targetOf } from "../server-context.js";
import { decodeContinue, encodeContinue } from "./continue-token.js";

export async function getObject(context: ServerContext, call: ApiCall): Promise<ApiObject> {
  const { kind, namespace, name } = targetOf(context, call);
  const asked = parseResourceVersion(call.resourceVersion);
  if (asked !== undefined) refuseFuture(context, asked);
  const stored = await context.store.get(keyOf(kind, namespace, name));
  if (stored === undefined) throw notFound(kind.definition.resource, name);
  return fromStored(kind, stored.value, stored.revision);
}

/** Source: apiserver/pkg/endpoints/handlers/get.go, storage/interfaces.go and storage/continue.go. */
export async function listObjects(context: ServerContext, call: ApiCall): Promise<JsonRecord> {
  const kind = kindOf(context, call);
  const { resource } = kind.definition;
  const page = await selectObjects(context, kind, call);
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(page.revision),
      ...continueOf(kind, page.continue),
      ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
    },
    items: listItems(kind, page.items),
  };
}

/** Items of built-in kinds leave out what the list says once. */
export function listItems({ definition }: ServedKind, objects: readonly ApiObject[]): readonly JsonRecord[] {
  return definition.builtIn ? objects.map(({ kind: _1, apiVersion: _2, ...item }) => item) : objects;
}

/** Lists of custom resources name their end, with an empty text; those of built-in kinds leave it out. */
export function continueOf({ definition }: ServedKind, next?: string): { readonly continue?: string } {
  if (next === undefined && definition.builtIn) return {};
  return { continue: next ?? "" };
}

interface Page {
  readonly items: readonly ApiObject[];
  readonly revision: number;
  readonly continue: string | undefined;
  readonly remaining: number | undefined;
}

export async function selectObjects(context: ServerContext, kind: ServedKind, call: ApiCall): Promise<Page> {
  const labels = parseLabelSelector(call.labelSelector);
  const fields = parseFieldSelector(call.fieldSelector, kind.definition);
  const prefix = prefixOf(kind, call.namespace);
  const limit = call.limit !== undefined && call.limit > 0 ? call.limit : undefined;
  const start = startOf(context, call);
  const isSelective = labels.length > 0 || fields.length > 0;
  const items: ApiObject[] = [];
  let { after } = start;
  let revision = start.revision;
  for (;;) {
    // With a selector the page is filled from as many stored pages as it takes.
    const page = await readPage(
      context,
      prefix,
      { revision, limit, after: after === undefined ? undefined : prefix + after },
      call,
    );
    revision = page.revision;
    for (const [index, stored] of page.items.entries()) {
      const object = fromStored(kind, stored.value, stored.revision);
      if (isSelective && !(matchesLabels(labels, object.metadata.labels) && matchesFields(fields, object))) continue;
      items.push(object);
      if (items.length === limit) {
        const remaining = page.items.length - index - 1 + page.remaining;
        if (remaining === 0) return { items, revision, continue: undefined, remaining: undefined };
        const next = encodeContinue(revision, stored.key.slice(prefix.length));
        return { items, revision, continue: next, remaining: isSelective ? undefined : remaining };
      }
    }
    if (page.remaining === 0) return { items, revision, continue: undefined, remaining: undefined };
    after = page.items.at(-1)?.key.slice(prefix.length);
  }
}

interface Start {
  readonly revision: number | undefined;
  readonly after: string | undefined;
}

function startOf(context: ServerContext, call: ApiCall): Start {
  const asked = parseResourceVersion(call.resourceVersion, (why) => badRequest(`invalid resource version: ${why}`));
  const match = call.resourceVersionMatch ?? "";
  const path = "resourceVersionMatch";
  if (match !== "") {
    if ((call.continue ?? "") !== "") {
      throw invalidOptions("ListOptions", [forbidden(path, `${path} is forbidden when continue is provided`)]);
    }
    if (asked === undefined) {
      throw invalidOptions("ListOptions", [forbidden(path, `${path} is forbidden unless resourceVersion is provided`)]);
    }
    if (match !== "Exact" && match !== "NotOlderThan") {
      throw invalidOptions("ListOptions", [notSupported(path, match, ["Exact", "NotOlderThan", ""])]);
    }
    if (match === "Exact" && asked === 0) {
      const detail = `${path} "exact" is forbidden for resourceVersion "0"`;
      throw invalidOptions("ListOptions", [forbidden(path, detail)]);
    }
  }
  if (call.continue !== undefined && call.continue !== "") {
    if (asked !== undefined && asked !== 0) {
      throw badRequest("specifying resource version is not allowed when using continue");
    }
    const { revision, after } = decodeContinue(call.continue);
    return { revision: revision < 0 ? undefined : Math.min(revision, context.store.revision()), after };
  }
  if (asked === undefined || asked === 0) return { revision: undefined, after: undefined };
  refuseFuture(context, asked);
  const isExact = match === "Exact" || (match === "" && call.limit !== undefined && call.limit > 0);
  return { revision: isExact ? asked : undefined, after: undefined };
}

async function readPage(
  context: ServerContext,
  prefix: string,
  options: {
    readonly revision: number | undefined;
    readonly limit: number | undefined;
    readonly after: string | undefined;
  },
  call: ApiCall,
) {
  try {
    return await context.store.list(prefix, options);
  } catch (error) {
    if (!isTenantryError(error) || error.code !== "expired") throw error;
    if ((call.continue ?? "") === "") throw expiredCall("The resourceVersion for the provided list is too old.");
    throw new ExpiredContinue(encodeContinue(-1, options.after?.slice(prefix.length) ?? ""));
  }
}

/** undefined for none. A list blames the caller for nonsense; get and watch, as Kubernetes does, answer 500 without a reason. */
export function parseResourceVersion(
  text: string | undefined,
  fail: (why: string) => ApiError = rawFailure,
): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,19}$/.test(text)) return Number(text);
  const why = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw fail(why);
}

/** A real server waits three seconds for a revision that it has not seen. One process has seen them all, so waiting cannot help. */
function refuseFuture(context: ServerContext, asked: number): void {
  const current = context.store.revision();
  if (asked > current) throw futureRevision(String(asked), current);
}
