import type { OwnerReference } from "@tenantry/sdk";
import type { ApiObject } from "../apiserver/object/api-object.js";
import {
  type Address,
  CONTROLLER_MANAGER,
  type Controller,
  type ControllerContext,
  servedKindAt,
  unlessGone,
} from "./controller.js";

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

interface Node {
  readonly address: Address;
  readonly owners: readonly OwnerReference[];
  readonly isTerminating: boolean;
  readonly finalizers: readonly string[];
}

/**
 * Deletes what no owner is left for, and carries out foreground and orphan deletion. Ownership is by uid, within one namespace or
 * from a cluster-scoped owner. Changes arrive in commit order, so an owner that is not known here is not there.
 * Source: kubernetes/kubernetes pkg/controller/garbagecollector and kubernetes.io "Garbage Collection".
 */
export function garbageCollector(context: ControllerContext): Controller {
  const nodes = new Map<string, Node>();
  const dependents = new Map<string, Set<string>>();

  const check = (uid: string) => {
    context.queue.add(`garbage ${uid}`, async () => {
      const node = nodes.get(uid);
      if (node === undefined) return;
      if (node.isTerminating && node.finalizers.includes(ORPHAN)) await orphan(uid, node);
      else if (node.isTerminating && node.finalizers.includes(FOREGROUND)) await finishForeground(uid, node);
      else if (node.owners.length > 0) await attend(uid, node);
    });
  };

  /** An object with owners: collected when none is left, cut loose from those that are gone. */
  async function attend(uid: string, node: Node): Promise<void> {
    const present = node.owners.filter((owner) => isPresent(owner, node.address));
    const isWaiting = ({ uid: owner }: OwnerReference) => {
      const found = nodes.get(owner);
      return found?.isTerminating === true && found.finalizers.includes(FOREGROUND);
    };
    const solid = present.filter((owner) => !isWaiting(owner));
    if (solid.length > 0) {
      if (present.length < node.owners.length || solid.length < present.length) {
        const kept = new Set(solid.map((owner) => owner.uid));
        await dropOwners(node, uid, (owner) => !kept.has(owner.uid));
      }
      return;
    }
    if (node.isTerminating) return;
    const hasDependents = (dependents.get(uid)?.size ?? 0) > 0;
    const propagationPolicy = present.length > 0 && hasDependents ? "Foreground" : "Background";
    await remove(node, uid, propagationPolicy);
  }

  async function orphan(uid: string, node: Node): Promise<void> {
    for (const dependent of dependents.get(uid) ?? []) {
      const found = nodes.get(dependent);
      if (found !== undefined) await dropOwners(found, dependent, (owner) => owner.uid === uid);
    }
    await dropFinalizer(node, uid, ORPHAN);
  }

  async function finishForeground(uid: string, node: Node): Promise<void> {
    const blocking = [...(dependents.get(uid) ?? [])].filter((dependent) =>
      nodes.get(dependent)?.owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
    );
    if (blocking.length === 0) await dropFinalizer(node, uid, FOREGROUND);
  }

  function isPresent(owner: OwnerReference, { namespace }: Address): boolean {
    const found = nodes.get(owner.uid);
    if (found !== undefined) return found.address.namespace === undefined || found.address.namespace === namespace;
    // An owner of a kind that is not served cannot be looked for: its dependents stay.
    return context.registry.findByKind(owner.apiVersion, owner.kind) === undefined;
  }

  function callFor({ address }: Node) {
    const resource = servedKindAt(context.registry, address)?.definition.resource;
    const { namespace, name } = address;
    return resource === undefined ? undefined : { resource, namespace, name, fieldManager: CONTROLLER_MANAGER };
  }

  async function remove(node: Node, uid: string, propagationPolicy: string): Promise<void> {
    const call = callFor(node);
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy, preconditions: { uid } };
    if (call !== undefined) await unlessGone(context.handle({ ...call, verb: "delete", body }));
  }

  async function dropFinalizer(node: Node, uid: string, finalizer: string): Promise<void> {
    await edit(node, uid, (metadata) => ({
      ...metadata,
      finalizers: (metadata.finalizers ?? []).filter((one) => one !== finalizer),
    }));
  }

  async function dropOwners(node: Node, uid: string, drops: (owner: OwnerReference) => boolean): Promise<void> {
    await edit(node, uid, (metadata) => ({
      ...metadata,
      ownerReferences: (metadata.ownerReferences ?? []).filter((owner) => !drops(owner)),
    }));
  }

  async function edit(
    node: Node,
    uid: string,
    change: (metadata: ApiObject["metadata"]) => ApiObject["metadata"],
  ): Promise<void> {
    const call = callFor(node);
    if (call === undefined) return;
    await unlessGone(
      context.handle({ ...call, verb: "get" }).then(async ({ body }) => {
        const object = body as unknown as ApiObject;
        if (object.metadata.uid !== uid) return;
        await context.handle({ ...call, verb: "update", body: { ...object, metadata: change(object.metadata) } });
      }),
    );
  }

  function link(uid: string, owners: readonly OwnerReference[]): void {
    for (const owner of owners) {
      const known = dependents.get(owner.uid);
      if (known === undefined) dependents.set(owner.uid, new Set([uid]));
      else known.add(uid);
    }
  }

  function unlink(uid: string, owners: readonly OwnerReference[]): void {
    for (const owner of owners) {
      const known = dependents.get(owner.uid);
      known?.delete(uid);
      if (known?.size === 0) dependents.delete(owner.uid);
    }
  }

  return {
    observe({ type, address, object: { metadata } }) {
      const { uid } = metadata;
      if (uid === undefined) return;
      const before = nodes.get(uid);
      unlink(uid, before?.owners ?? []);
      if (type === "delete") {
        nodes.delete(uid);
        for (const dependent of dependents.get(uid) ?? []) check(dependent);
        for (const owner of before?.owners ?? []) check(owner.uid);
        return;
      }
      const owners = metadata.ownerReferences ?? [];
      const isTerminating = metadata.deletionTimestamp !== undefined;
      nodes.set(uid, { address, owners, isTerminating, finalizers: metadata.finalizers ?? [] });
      link(uid, owners);
      if (owners.length > 0) check(uid);
      for (const owner of before?.owners ?? []) if (owner.blockOwnerDeletion === true) check(owner.uid);
      if (isTerminating) {
        check(uid);
        for (const dependent of dependents.get(uid) ?? []) check(dependent);
      }
    },
  };
}
