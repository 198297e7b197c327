import type { KubernetesList, KubernetesObject } from "@tenantry/sdk";
import { stringify } from "yaml";
import { type ApiAnswer, type ApiCall, ApiError, type ApiServer } from "../api-server.js";
import { badRequest } from "../object/failures.js";
import type { ResourceDefinition } from "../resource-definition.js";
import { type MediaChoice, negotiate, type Transform, WRITTEN_MEDIA_TYPES } from "./accept.js";
import type { DecodedBody } from "./decode-body.js";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpRequest } from "./http-request.js";
import { toPartialObjectMetadata, toPartialObjectMetadataList } from "./partial-object-metadata.js";
import {
  type OptionsKind,
  readDeleteOptions,
  readDryRun,
  readListParameters,
  readWriteParameters,
} from "./read-options.js";
import { readDeleteOptionsBody, readObject, readPatch } from "./read-request-body.js";
import type { Target } from "./resolve-target.js";
import { readIncludeObject, toTable } from "./table.js";
import { toWarningHeaders } from "./warning-header.js";

const TRANSFORMS: readonly Transform[] = ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"];

/** Everything on a resource but watch. @throws ApiError */
export async function serveResource(api: ApiServer, target: Target, request: HttpRequest): Promise<HttpAnswer> {
  const choice = negotiate(request.accept, TRANSFORMS);
  if (choice === undefined) throw notAcceptable(`only the following media types are accepted: ${WRITTEN_MEDIA_TYPES}`);
  const { call, warnings } = await toCall(target, request);
  const answer = await api.handle(call);
  const body = transform(answer, choice, target, request.query);
  return {
    status: answer.httpStatus,
    headers: {
      "Content-Type": `application/${choice.format}`,
      ...toWarningHeader([...warnings, ...answer.warnings]),
    },
    body: write(body, choice.format, choice.pretty || isPretty(request)),
  };
}

export function notAcceptable(message: string): ApiError {
  return new ApiError(406, "NotAcceptable", message);
}

interface PreparedCall {
  readonly call: ApiCall;
  readonly warnings: readonly string[];
}

async function toCall({ definition, route, verb }: Target, request: HttpRequest): Promise<PreparedCall> {
  const { query, userAgent, signal } = request;
  const { namespace, name, subresource } = route;
  const base = { resource: definition.resource, namespace, name, subresource, signal };
  const prepare = (kind: OptionsKind, decoded: DecodedBody, decision: Pick<ApiCall, "verb" | "patchType">) => {
    const options = readWriteParameters(query, kind, decision.verb === "apply" ? undefined : userAgent);
    const call = { ...base, ...options, ...decision, body: decoded.value };
    return { call, warnings: judgeDuplicates(definition, call, decoded) };
  };
  switch (verb) {
    case "create":
      return prepare("CreateOptions", await readObject(definition, request), { verb });
    case "update":
      return prepare("UpdateOptions", await readObject(definition, request), { verb });
    case "patch": {
      const { verb: decided, patchType, ...decoded } = await readPatch(definition, request);
      return prepare("PatchOptions", decoded, { verb: decided, patchType });
    }
    case "delete":
    case "deletecollection": {
      const options = (await readDeleteOptionsBody(request)) ?? readDeleteOptions(query);
      const dryRun = readDryRun([...query.getAll("dryRun"), ...listed(options.dryRun)], "DeleteOptions");
      const selectors = verb === "delete" ? {} : readListParameters(query);
      return { call: { ...base, ...selectors, verb, body: options, dryRun }, warnings: [] };
    }
    case "list":
      return { call: { ...base, ...readListParameters(query), verb }, warnings: [] };
    default:
      return {
        call: { ...base, verb: "get", resourceVersion: query.get("resourceVersion") || undefined },
        warnings: [],
      };
  }
}

/** Source: apiserver endpoints/handlers/create.go with strict decoding; `Warn` is the server's default. */
function judgeDuplicates(
  { resource }: ResourceDefinition,
  { fieldValidation }: ApiCall,
  { duplicates }: DecodedBody,
): readonly string[] {
  if (fieldValidation === "Ignore") return [];
  const found = duplicates();
  if (found.length === 0 || fieldValidation !== "Strict") return found;
  const { kind, version } = resource;
  const message = `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${found.join(", ")}`;
  throw badRequest(message);
}

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function transform({ body }: ApiAnswer, choice: MediaChoice, target: Target, query: URLSearchParams): unknown {
  if (choice.transform === undefined || body.kind === "Status") return body;
  const isList = target.verb === "list";
  const list = body as unknown as KubernetesList;
  const object = body as unknown as KubernetesObject;
  if (choice.transform === "Table") {
    const options = { includeObject: readIncludeObject(query), withColumns: true, now: new Date() };
    return isList
      ? toTable(target.definition, list.metadata, list.items, options)
      : toTable(target.definition, { resourceVersion: object.metadata.resourceVersion }, [object], options);
  }
  if (isList !== (choice.transform === "PartialObjectMetadataList")) {
    const found = isList ? "a list" : "not a list";
    throw notAcceptable(
      `you requested ${choice.transform}, but the requested object is ${found} (${String(body.kind)})`,
    );
  }
  return isList ? toPartialObjectMetadataList(list) : toPartialObjectMetadata(object);
}

function toWarningHeader(warnings: readonly string[]): HttpAnswer["headers"] {
  return warnings.length === 0 ? {} : { Warning: toWarningHeaders(warnings) };
}

/** People at a terminal or in a browser get it indented: apiserver handlers/responsewriters/writers.go. */
function isPretty({ query, userAgent }: HttpRequest): boolean {
  const asked = query.get("pretty");
  if (asked !== null) return asked !== "false" && asked !== "0";
  return /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent ?? "");
}

function write(body: unknown, format: MediaChoice["format"], pretty: boolean): string {
  if (format === "yaml") return stringify(body, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
  return `${JSON.stringify(body, null, pretty ? 2 : undefined)}\n`;
}
