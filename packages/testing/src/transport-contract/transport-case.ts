import { randomBytes } from "node:crypto";
import {
  isTenantryError,
  type KubernetesList,
  type KubernetesObject,
  NAMESPACES,
  type Resource,
  SECRETS,
  type Transport,
} from "@tenantry/sdk";
import type { ContractCase } from "../contract-case.js";

/** What the place that a contract runs in can do beyond its transport. */
export interface ContractLane {
  /**
   * Makes versions of the past too old to watch from. Absent: version 1 is too old already, as on a real API server, whose watch
   * cache begins when it starts.
   */
  readonly expireHistory?: (() => Promise<void>) | undefined;
}

export type TransportCase = ContractCase<Transport, ContractLane>;

/** A namespace of the case's own, and short words for what most cases do in it. */
export interface ContractSpace {
  readonly transport: Transport;
  readonly namespace: string;
  readonly lane: ContractLane;
  /** How the Secret of that name is addressed. Secrets, because nothing else makes any in a new namespace. */
  at(name: string): { readonly resource: Resource; readonly namespace: string; readonly name: string };
  create(name: string, extra?: Readonly<Record<string, unknown>>): Promise<ContractSecret>;
  get(name: string): Promise<ContractSecret>;
}

export interface ContractSecret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/** A case that runs in a new namespace, which is removed afterwards whatever happened. */
export function transportCase(name: string, run: (space: ContractSpace) => Promise<void>): TransportCase {
  return {
    name,
    async run(transport, lane = {}) {
      const namespace = `contract-${randomBytes(5).toString("hex")}`;
      await transport.send({
        verb: "create",
        resource: NAMESPACES,
        body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      });
      try {
        await run(contractSpace(transport, namespace, lane));
      } finally {
        await removeSpace(transport, namespace);
      }
    },
  };
}

async function removeSpace(transport: Transport, namespace: string): Promise<void> {
  const { items } = await transport.send<KubernetesList>({ verb: "list", resource: SECRETS, namespace });
  for (const { metadata } of items.filter((item) => item.metadata.finalizers !== undefined)) {
    const body = { metadata: { finalizers: null } };
    await transport.send({ verb: "patch", resource: SECRETS, namespace, name: metadata.name, body });
  }
  await transport.send({ verb: "deletecollection", resource: SECRETS, namespace });
  await transport.send({ verb: "delete", resource: NAMESPACES, name: namespace });
}

function contractSpace(transport: Transport, namespace: string, lane: ContractLane): ContractSpace {
  const at = (name: string) => ({ resource: SECRETS, namespace, name });
  return {
    transport,
    namespace,
    lane,
    at,
    create: (name, extra) => transport.send({ verb: "create", ...at(name), body: secret(namespace, name, extra) }),
    get: (name) => transport.send({ verb: "get", ...at(name) }),
  };
}

export function secret(namespace: string, name: string, extra: Readonly<Record<string, unknown>> = {}) {
  const { metadata, ...rest } = extra;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, ...(metadata as object | undefined) },
    ...rest,
  };
}

/** For `assert.rejects`: an error of the SDK with this code. */
export function withCode(code: string): (error: unknown) => boolean {
  return (error) => {
    if (isTenantryError(error) && error.code === code) return true;
    throw new Error(`expected a TenantryError "${code}"`, { cause: error });
  };
}
