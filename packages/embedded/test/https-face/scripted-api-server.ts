import { type KubernetesObject, NAMESPACES, type Resource, SECRETS } from "@tenantry/sdk";
import type { ApiAnswer, ApiCall, ApiServer, ApiWatchCall, ApiWatchEvent } from "../../src/apiserver/api-server.js";
import type { ResourceDefinition } from "../../src/apiserver/resource-definition.js";
import { WIDGETS } from "../support/widgets.js";

function define(resource: Resource, rest: Partial<ResourceDefinition> = {}): ResourceDefinition {
  return {
    resource,
    singular: resource.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    subresources: [],
    columns: [{ name: "Name", type: "string", format: "name", value: ({ metadata }) => metadata.name }],
    hasGeneration: false,
    allowsUnconditionalUpdate: true,
    selectableFields: {},
    admission: [],
    builtIn: true,
    ...rest,
  };
}

export const DEFINITIONS: readonly ResourceDefinition[] = [
  define(NAMESPACES, { shortNames: ["ns"], subresources: ["status", "finalize"] }),
  define(SECRETS),
  define(WIDGETS, { builtIn: false, subresources: ["status"], schema: { type: "object", properties: {} } }),
  define({ ...WIDGETS, plural: "planets", kind: "Planet", scope: "Cluster" }, { builtIn: false }),
];

export interface Script {
  readonly handle?: (call: ApiCall) => Promise<ApiAnswer> | ApiAnswer;
  readonly watch?: (call: ApiWatchCall) => AsyncIterable<ApiWatchEvent>;
}

/** An API server that answers as a test tells it to, for what the real core cannot be made to do. Keeps the calls that it got. */
export class ScriptedApiServer implements Pick<ApiServer, "handle" | "watch" | "definitions" | "find"> {
  readonly calls: ApiCall[] = [];
  readonly watches: ApiWatchCall[] = [];
  openWatches = 0;
  served: readonly ResourceDefinition[] = DEFINITIONS;
  readonly #script: Script;

  constructor(script: Script = {}) {
    this.#script = script;
  }

  async handle(call: ApiCall): Promise<ApiAnswer> {
    this.calls.push(call);
    return this.#script.handle?.(call) ?? ok(objectOf(call.resource, call.name ?? "a"));
  }

  watch(call: ApiWatchCall): AsyncIterable<ApiWatchEvent> {
    this.watches.push(call);
    return this.#count(this.#script.watch?.(call) ?? untilAborted(call.signal));
  }

  async *#count(events: AsyncIterable<ApiWatchEvent>): AsyncIterable<ApiWatchEvent> {
    this.openWatches++;
    try {
      yield* events;
    } finally {
      this.openWatches--;
    }
  }

  definitions(): readonly ResourceDefinition[] {
    return this.served;
  }

  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return this.served.find(
      ({ resource }) => resource.group === group && resource.version === version && resource.plural === plural,
    );
  }
}

export function ok(body: unknown, warnings: readonly string[] = []): ApiAnswer {
  return { httpStatus: 200, body: body as ApiAnswer["body"], warnings };
}

export function objectOf(resource: Resource, name: string): KubernetesObject {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, metadata: { name, resourceVersion: "7" } };
}

export function listOf(resource: Resource, ...names: readonly string[]): unknown {
  const { apiVersion, kind } = objectOf(resource, "");
  const items = names.map((name) => objectOf(resource, name));
  return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion: "9" }, items };
}

/** A watch on which nothing happens. */
async function* untilAborted(signal: AbortSignal | undefined): AsyncGenerator<ApiWatchEvent> {
  await new Promise<void>((resolve) => {
    if (signal === undefined || signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
