import { apiVersionOf } from "@tenantry/sdk";
import type { ApiServer } from "../../api-server.js";
import type { ResourceDefinition } from "../../resource-definition.js";
import { matches } from "../accept.js";
import { answerDocument, digestOf } from "../etag.js";
import type { HttpAnswer } from "../http-answer.js";
import type { HttpRequest } from "../http-request.js";
import { SERVER_VERSION } from "../server-version.js";
import { kindPaths } from "./kind-paths.js";
import { kindSchema, listSchema, schemaName } from "./kind-schema.js";
import { LIST_META, LIST_META_SCHEMA, OBJECT_META, OBJECT_META_SCHEMA } from "./object-meta-schema.js";

interface GroupVersionDocument {
  readonly body: string;
  readonly digest: string;
}

/**
 * `/openapi/v3` and one document a group and version. Large, so they are made once for each set of served kinds.
 * Source: kube-openapi pkg/handler3/handler.go.
 */
export class OpenApiDocuments {
  readonly #api: ApiServer;
  #definitions: readonly ResourceDefinition[] = [];
  #documents: ReadonlyMap<string, GroupVersionDocument> = new Map();

  constructor(api: ApiServer) {
    this.#api = api;
  }

  /** Undefined when nothing is served at that path. */
  serve(request: HttpRequest): HttpAnswer | undefined {
    const [, , ...path] = request.segments;
    if (!request.accept.some(({ type }) => matches(type, "application/json"))) {
      return { status: 406, headers: {}, body: "" };
    }
    const documents = this.#current();
    if (path.length === 0) return answerDocument(request, "application/json", indexOf(documents), {});
    const name = path.join("/");
    const document = documents.get(name);
    if (document === undefined) return undefined;
    const hash = request.query.get("hash");
    if (hash === null) return answerDocument(request, "application/json", document.body, { Vary: "Accept" });
    if (hash !== document.digest) return { status: 301, headers: { Location: urlOf(name, document) }, body: "" };
    return answerDocument(request, "application/json", document.body, {
      Vary: "Accept",
      "Cache-Control": "public, immutable",
      Expires: new Date(Date.now() + YEAR_MS).toUTCString(),
    });
  }

  #current(): ReadonlyMap<string, GroupVersionDocument> {
    const definitions = this.#api.definitions();
    const known = this.#definitions;
    const isSame =
      known.length === definitions.length && definitions.every((definition, at) => definition === known[at]);
    if (!isSame) {
      this.#documents = toDocuments(definitions);
      this.#definitions = [...definitions];
    }
    return this.#documents;
  }
}

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

function toDocuments(definitions: readonly ResourceDefinition[]): ReadonlyMap<string, GroupVersionDocument> {
  const byPath = new Map<string, ResourceDefinition[]>();
  for (const definition of definitions) {
    const { group } = definition.resource;
    const path = `${group === "" ? "api" : "apis"}/${apiVersionOf(definition.resource)}`;
    byPath.set(path, [...(byPath.get(path) ?? []), definition]);
  }
  return new Map(
    [...byPath].map(([path, served]) => {
      const body = JSON.stringify(toDocument(served));
      return [path, { body, digest: digestOf(body) }];
    }),
  );
}

function toDocument(definitions: readonly ResourceDefinition[]): unknown {
  const schemas: Record<string, unknown> = { [OBJECT_META]: OBJECT_META_SCHEMA, [LIST_META]: LIST_META_SCHEMA };
  const paths: Record<string, unknown> = {};
  for (const definition of definitions) {
    schemas[schemaName(definition)] = kindSchema(definition);
    schemas[`${schemaName(definition)}List`] = listSchema(definition);
    Object.assign(paths, kindPaths(definition));
  }
  const info = { title: "Kubernetes", version: SERVER_VERSION.gitVersion };
  return { openapi: "3.0.0", info, paths, components: { schemas } };
}

function indexOf(documents: ReadonlyMap<string, GroupVersionDocument>): string {
  const paths = [...documents].map(([name, document]) => [name, { serverRelativeURL: urlOf(name, document) }]);
  return JSON.stringify({ paths: Object.fromEntries(paths) });
}

function urlOf(name: string, { digest }: GroupVersionDocument): string {
  return `/openapi/v3/${name}?hash=${digest}`;
}
