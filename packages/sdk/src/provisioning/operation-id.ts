import { invalidArgument } from "../errors/tenantry-error.js";
import type { OperationKind } from "./operation.js";

export interface OperationRef {
  readonly kind: OperationKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

const KINDS: readonly OperationKind[] = ["create", "delete"];

/** Opaque to callers: a version, then what finds the object again. Unpadded base64url of JSON. */
export function toOperationId({ kind, namespace, name, uid }: OperationRef): string {
  return Buffer.from(JSON.stringify([1, kind, namespace, name, uid])).toString("base64url");
}

/** @throws TenantryError `invalid_argument` for what {@link toOperationId} did not make. */
export function parseOperationId(id: string): OperationRef {
  const parts = decode(id);
  if (Array.isArray(parts) && parts.length === 5 && parts[0] === 1) {
    const [, kind, namespace, name, uid] = parts as readonly unknown[];
    const known = KINDS.find((candidate) => candidate === kind);
    if (known !== undefined && typeof namespace === "string" && typeof name === "string" && typeof uid === "string") {
      return { kind: known, namespace, name, uid };
    }
  }
  throw invalidArgument("id", "is no operation id; pass back the one that a mutation returned");
}

function decode(id: string): unknown {
  try {
    return JSON.parse(Buffer.from(id, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
