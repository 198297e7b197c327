import type { NamespaceSession } from "../access/session.js";
import type { CallOptions } from "../call-options.js";
import { invalidArgument, isTenantryError, TenantryError } from "../errors/tenantry-error.js";
import { follow } from "../kubernetes/follow.js";
import { type KubernetesList, type KubernetesObject, SECRETS, type Secret } from "../kubernetes/object.js";
import type { ClusterCapabilities, ClusterProvider, SupportedClusterSpec } from "../providers/provider.js";
import type { Transport } from "../transport/transport.js";
import type { Cluster } from "./cluster.js";
import { ClusterHandle } from "./cluster-handle.js";
import { ClusterWriter } from "./cluster-writer.js";
import type { Connection, ConnectionCredentials } from "./connection.js";
import type { Operation } from "./operation.js";
import { type Operations, readOperation } from "./operations.js";
import { type Page, pageSize, parseCursor, toCursor } from "./page.js";
import type { ApplyClusterOptions, WriteClusterOptions } from "./write-cluster-options.js";

export interface ListClustersOptions extends CallOptions {
  /** Items a page: 1 to {@link MAX_PAGE_SIZE}, {@link DEFAULT_PAGE_SIZE} when absent. */
  readonly first?: number | undefined;
  /** A cursor of an earlier page of this list. */
  readonly after?: string | undefined;
}

export interface DeleteClusterOptions extends CallOptions {
  /** Delete only this very cluster, not another of the same name. */
  readonly uid?: string | undefined;
}

export type ClusterEvent =
  /** Everything there is. What was known before and is not in `items` is gone. */
  | { readonly type: "snapshot"; readonly items: readonly Cluster[] }
  | { readonly type: "added" | "modified" | "deleted"; readonly cluster: Cluster };

/** PostgreSQL clusters of one namespace, as one principal may see and change them. */
export class Clusters<C extends ClusterCapabilities = ClusterCapabilities> {
  readonly #session: NamespaceSession;
  readonly #provider: ClusterProvider<C>;
  readonly #operations: Operations;
  readonly #writer: ClusterWriter;

  /** @internal */
  constructor(session: NamespaceSession, provider: ClusterProvider<C>, operations: Operations) {
    this.#session = session;
    this.#provider = provider;
    this.#operations = operations;
    this.#writer = new ClusterWriter(session, provider);
  }

  /**
   * Creates a cluster and returns once the API server has accepted it; `handle.ready()` waits for the servers. Needs `clusters:create`.
   * @param name - DNS-1035 label of at most 50 characters.
   * @throws TenantryError `invalid_argument` (one violation a field, before any write), `unimplemented` (a field this operator does not
   * have), `already_exists`, `conflict` (the idempotency key was used with another spec), `not_found` (no such namespace).
   */
  async create(name: string, spec: SupportedClusterSpec<C>, options: WriteClusterOptions = {}): Promise<ClusterHandle> {
    return this.#toHandle(await this.#writer.create(name, spec, options));
  }

  /**
   * Brings a cluster to `spec`, creating it if need be, by server-side apply: fields left out go back to the operator's defaults, and
   * repeating changes nothing. Needs `clusters:create` and `clusters:update`.
   * @throws TenantryError as {@link create}, and `conflict` when another field manager owns a field.
   */
  async apply(name: string, spec: SupportedClusterSpec<C>, options: ApplyClusterOptions = {}): Promise<ClusterHandle> {
    return this.#toHandle(await this.#writer.apply(name, spec, options));
  }

  /** Needs `clusters:get`. @throws TenantryError `not_found`. */
  async get(name: string, { signal }: CallOptions = {}): Promise<Cluster> {
    return this.#provider.readCluster(await this.#find(this.#session.authorize("clusters:get"), name, signal));
  }

  /**
   * One page, ordered by name. Needs `clusters:list`.
   * @throws TenantryError `expired` when the cursor's snapshot is gone: start again without `after`.
   */
  async list({ first, after, signal }: ListClustersOptions = {}): Promise<Page<Cluster>> {
    const transport = this.#session.authorize("clusters:list");
    const size = pageSize(first);
    const start = after === undefined ? { continue: "", index: 0, name: "" } : parseCursor(after);
    const list = await transport.send<KubernetesList>({
      verb: "list",
      resource: this.#provider.resource,
      limit: size + start.index,
      continue: start.continue === "" ? undefined : start.continue,
      signal,
    });
    const fresh = list.items.filter(({ metadata }) => (metadata.name ?? "") > start.name);
    const shown = fresh.slice(0, size).map((object) => this.#provider.readCluster(object));
    const next = list.metadata.continue ?? "";
    const isLastOfPage = shown.length === fresh.length;
    const skipped = list.items.length - fresh.length;
    const cursors = shown.map(({ name }, index) =>
      next !== "" && isLastOfPage && index === shown.length - 1
        ? toCursor({ continue: next, index: 0, name })
        : toCursor({ continue: start.continue, index: skipped + index + 1, name }),
    );
    return { items: shown, cursors, hasNextPage: !isLastOfPage || next !== "", endCursor: cursors.at(-1) };
  }

  /** Every cluster, page by page. Needs `clusters:list`. */
  async *all({ signal }: CallOptions = {}): AsyncGenerator<Cluster, void, undefined> {
    let after: string | undefined;
    do {
      const page = await this.list({ after, signal });
      yield* page.items;
      after = page.hasNextPage ? page.endCursor : undefined;
    } while (after !== undefined);
  }

  /**
   * The present state as a `snapshot`, then every change, for as long as the caller iterates. Needs `clusters:watch`. Ends with
   * `unauthenticated` at the principal's expiry; the caller's abort ends it without an error.
   */
  follow({ signal }: CallOptions = {}): AsyncIterableIterator<ClusterEvent, void, undefined> {
    return this.#session.stream("clusters:watch", signal, (transport, leaving) => this.#follow(transport, leaving));
  }

  /**
   * Deletes the cluster **and its data**. Returns once the API server has accepted it; follow the operation for the end. Needs
   * `clusters:delete`. Repeating while it goes is safe.
   * @throws TenantryError `not_found`, `conflict` (another cluster has the name now, when `uid` is given).
   */
  async delete(name: string, { uid, signal }: DeleteClusterOptions = {}): Promise<Operation> {
    const transport = this.#session.authorize("clusters:delete");
    const present = await this.#find(transport, name, signal);
    const expected = uid ?? present.metadata.uid;
    await transport.send<KubernetesObject>({
      verb: "delete",
      resource: this.#provider.resource,
      name,
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Background",
        preconditions: { uid: expected },
      },
      signal,
    });
    const ref = { kind: "delete", namespace: this.#session.namespace, name, uid: expected ?? "" } as const;
    return readOperation(this.#provider, ref, present);
  }

  /**
   * How to reach the primary, without the password. Needs `connections:get`.
   * @throws TenantryError `not_found`, `unavailable` with reason `NotReady` while the operator has not made the certificates.
   */
  async connection(name: string, { signal }: CallOptions = {}): Promise<Connection> {
    const transport = this.#session.authorize("connections:get");
    const { object, secrets } = await this.#connectionSecrets(transport, name, signal);
    return this.#provider.readConnection(object, secrets);
  }

  /**
   * The connection and the owner's password. Needs `credentials:reveal`, whatever else is held. Keep the result out of logs.
   * @throws TenantryError as {@link connection}.
   */
  async revealCredentials(name: string, { signal }: CallOptions = {}): Promise<ConnectionCredentials> {
    const transport = this.#session.authorize("credentials:reveal");
    const { object, secrets } = await this.#connectionSecrets(transport, name, signal);
    return {
      ...this.#provider.readConnection(object, secrets),
      password: this.#provider.readPassword(secrets.credentials),
    };
  }

  async #find(transport: Transport, name: string, signal: AbortSignal | undefined): Promise<KubernetesObject> {
    if (name === "") throw invalidArgument("name", "must not be empty");
    return transport.send<KubernetesObject>({ verb: "get", resource: this.#provider.resource, name, signal });
  }

  async #connectionSecrets(transport: Transport, name: string, signal: AbortSignal | undefined) {
    const object = await this.#find(transport, name, signal);
    const names = this.#provider.secretNames(object);
    if (names === undefined) throw notReady(name, this.#session.namespace);
    const read = async (secret: string) => {
      try {
        return await transport.send<Secret>({ verb: "get", resource: SECRETS, name: secret, signal });
      } catch (error) {
        throw isTenantryError(error) && error.code === "not_found" ? notReady(name, this.#session.namespace) : error;
      }
    };
    const [credentials, serverCa] = await Promise.all([read(names.credentials), read(names.serverCa)]);
    return { object, secrets: { credentials, serverCa } };
  }

  async *#follow(transport: Transport, signal: AbortSignal): AsyncGenerator<ClusterEvent, void, undefined> {
    for await (const event of follow(transport, this.#provider.resource, { signal })) {
      if (event.type === "snapshot") {
        yield { type: "snapshot", items: event.items.map((object) => this.#provider.readCluster(object)) };
      } else {
        yield { type: EVENT_TYPES[event.type], cluster: this.#provider.readCluster(event.object) };
      }
    }
  }

  #toHandle(object: KubernetesObject): ClusterHandle {
    const { name = "", uid = "" } = object.metadata;
    const ref = { kind: "create", namespace: this.#session.namespace, name, uid } as const;
    const operation = readOperation(this.#provider, ref, object);
    return new ClusterHandle(operation, this.#operations, (signal) => this.get(name, { signal }));
  }
}

const EVENT_TYPES = { ADDED: "added", MODIFIED: "modified", DELETED: "deleted" } as const;

function notReady(name: string, namespace: string): TenantryError {
  return new TenantryError("unavailable", `cluster "${name}" has no connection yet; wait until it is ready`, {
    reason: "NotReady",
    resource: { kind: "Cluster", namespace, name },
  });
}
