import type { NamespaceSession } from "../access/session.js";
import { type FieldViolation, invalidArgument, isTenantryError, TenantryError } from "../errors/tenantry-error.js";
import { adoptFields } from "../kubernetes/adopt-fields.js";
import { getIfPresent } from "../kubernetes/get-if-present.js";
import type { KubernetesObject } from "../kubernetes/object.js";
import type { ClusterProvider } from "../providers/provider.js";
import type { Transport } from "../transport/transport.js";
import type { ClusterSpec } from "./cluster.js";
import { clusterSpecProblems } from "./cluster-spec-problems.js";
import { requestDigest } from "./request-digest.js";
import type { ApplyClusterOptions, WriteClusterOptions } from "./write-cluster-options.js";

/** Who owns the fields that the SDK writes. */
export const FIELD_MANAGER = "tenantry";

const LABELS = { "app.kubernetes.io/managed-by": "tenantry" } as const;
const IDEMPOTENCY_KEY = "tenantry.dev/idempotency-key";
const REQUEST_DIGEST = "tenantry.dev/request-digest";

/** The two ways of writing a cluster: checked, then sent, then the refusals put into the caller's words. */
export class ClusterWriter {
  readonly #session: NamespaceSession;
  readonly #provider: ClusterProvider;

  constructor(session: NamespaceSession, provider: ClusterProvider) {
    this.#session = session;
    this.#provider = provider;
  }

  async create(name: string, spec: ClusterSpec, options: WriteClusterOptions): Promise<KubernetesObject> {
    const { idempotencyKey, signal, onWarning } = options;
    const transport = this.#session.authorize("clusters:create", ...sensitivePermissions(undefined, spec));
    this.#check(name, spec);
    if (idempotencyKey !== undefined && !/^[\x20-\x7e]{1,128}$/.test(idempotencyKey)) {
      throw invalidArgument("idempotencyKey", "must be 1 to 128 printable ASCII characters");
    }
    const digest = await requestDigest([name, spec]);
    const annotations =
      idempotencyKey === undefined ? {} : { [IDEMPOTENCY_KEY]: idempotencyKey, [REQUEST_DIGEST]: digest };
    const [cluster, ...others] = this.#toObjects(name, spec, annotations);
    try {
      const created = await transport.send<KubernetesObject>({
        verb: "create",
        resource: this.#provider.resource,
        body: cluster,
        fieldManager: FIELD_MANAGER,
        fieldValidation: "Strict",
        signal,
        onWarning,
      });
      await this.#applyOthers(transport, others, signal);
      return created;
    } catch (error) {
      if (idempotencyKey !== undefined && isTenantryError(error) && error.code === "already_exists") {
        return this.#repeated(transport, name, idempotencyKey, digest, error, signal);
      }
      throw this.#inCallersWords(error);
    }
  }

  async apply(name: string, spec: ClusterSpec, options: ApplyClusterOptions): Promise<KubernetesObject> {
    const { force, signal, onWarning } = options;
    const transport = this.#session.authorize("clusters:create", "clusters:update");
    this.#check(name, spec);
    const present = await getIfPresent(transport, { resource: this.#provider.resource, name, signal });
    const before = present === undefined ? undefined : this.#provider.readCluster(present).spec;
    const [first, ...more] = sensitivePermissions(before, spec);
    if (first !== undefined) this.#session.authorize(first, ...more);
    if (present !== undefined) await adoptFields(transport, this.#provider.resource, present, FIELD_MANAGER, signal);
    const [cluster, ...others] = this.#toObjects(name, spec, {});
    try {
      const applied = await transport.send<KubernetesObject>({
        verb: "apply",
        resource: this.#provider.resource,
        name,
        body: cluster,
        fieldManager: FIELD_MANAGER,
        fieldValidation: "Strict",
        force,
        signal,
        onWarning,
      });
      await this.#applyOthers(transport, others, signal);
      return applied;
    } catch (error) {
      throw this.#inCallersWords(error);
    }
  }

  /** @throws TenantryError `unimplemented` or `invalid_argument`, with every violation that can be seen from here. */
  #check(name: string, spec: ClusterSpec): void {
    for (const [field, value] of Object.entries(spec)) {
      if (value === undefined || !(field in this.#provider.capabilities)) continue;
      if (this.#provider.capabilities[field as keyof ClusterSpec] === "unsupported") {
        throw new TenantryError("unimplemented", `${this.#provider.name} has no "${field}"; leave it out`, {
          violations: [{ field, message: "is not supported by this operator" }],
        });
      }
    }
    const problems = [...clusterSpecProblems(name, spec), ...this.#provider.problems(spec)];
    if (problems.length > 0) throw refusal(problems);
  }

  #toObjects(name: string, spec: ClusterSpec, annotations: Readonly<Record<string, string>>) {
    return this.#provider.toObjects({ namespace: this.#session.namespace, name, labels: LABELS, annotations }, spec);
  }

  async #applyOthers(
    transport: Transport,
    objects: readonly KubernetesObject[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const body of objects) {
      const resource = this.#provider.otherResources.find(({ kind }) => kind === body.kind);
      if (resource === undefined)
        throw new TenantryError("internal", `${this.#provider.name} made an undeclared ${body.kind}`);
      await transport.send({
        verb: "apply",
        resource,
        name: body.metadata.name,
        body,
        fieldManager: FIELD_MANAGER,
        signal,
      });
    }
  }

  async #repeated(
    transport: Transport,
    name: string,
    idempotencyKey: string,
    digest: string,
    error: TenantryError,
    signal: AbortSignal | undefined,
  ): Promise<KubernetesObject> {
    const present = await getIfPresent(transport, { resource: this.#provider.resource, name, signal });
    const annotations = present?.metadata.annotations;
    if (present === undefined || annotations?.[IDEMPOTENCY_KEY] !== idempotencyKey) throw error;
    if (annotations[REQUEST_DIGEST] === digest) return present;
    throw new TenantryError(
      "conflict",
      `idempotencyKey: was used for cluster "${name}" with another spec; use a new key`,
      {
        reason: "IdempotencyKeyReused",
        violations: [{ field: "idempotencyKey", message: "was used with another spec" }],
      },
    );
  }

  #inCallersWords(error: unknown): unknown {
    if (!isTenantryError(error) || error.violations.length === 0) return error;
    const violations = error.violations.map((violation) => ({
      ...violation,
      field: this.#provider.toPortableField(violation.field),
    }));
    if (error.code === "invalid_argument") return refusal(violations, error);
    const { code, reason, resource, retryAfterMs } = error;
    const message = error.message.replace(/^\[[a-z_]+\] /, "");
    return new TenantryError(code, message, { cause: error, reason, resource, retryAfterMs, violations });
  }
}

/** Permissions for the fields that amount to superuser, asked for where they change and not merely where they stand. */
function sensitivePermissions(before: ClusterSpec | undefined, after: ClusterSpec) {
  const permissions: ("clusters:configureHba" | "clusters:enableSuperuser")[] = [];
  if (JSON.stringify(before?.hba ?? []) !== JSON.stringify(after.hba ?? [])) permissions.push("clusters:configureHba");
  if ((before?.superuserAccess ?? false) !== (after.superuserAccess ?? false))
    permissions.push("clusters:enableSuperuser");
  return permissions;
}

function refusal(violations: readonly FieldViolation[], cause?: TenantryError): TenantryError {
  const message = violations.map(({ field, message: text }) => `${field}: ${text}`).join("; ");
  return new TenantryError("invalid_argument", message, {
    violations,
    cause,
    reason: cause?.reason,
    resource: cause?.resource,
  });
}
