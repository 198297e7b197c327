import { abortOnReturn } from "../kubernetes/abort-on-return.js";
import { startDeadline } from "../kubernetes/deadline.js";
import { scopeToNamespace } from "../transport/scope-to-namespace.js";
import type { Transport } from "../transport/transport.js";
import { authorize, expired } from "./authorize.js";
import type { Permission } from "./permission.js";
import type { Principal } from "./principal.js";
import type { Roles } from "./role.js";

/** The longest delay a timer takes, about 24.8 days: far beyond any token's life. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * One principal in one namespace, and the only way to a transport: an operation that forgets to ask for a permission has nothing to
 * send with. What it hands out is confined to the namespace.
 */
export class NamespaceSession {
  readonly namespace: string;
  readonly #principal: Principal;
  readonly #roles: Roles;
  readonly #transport: Transport;

  constructor(transport: Transport, principal: Principal, roles: Roles, namespace: string) {
    this.namespace = namespace;
    this.#principal = principal;
    this.#roles = roles;
    this.#transport = scopeToNamespace(namespace)(transport);
  }

  /** @throws TenantryError `permission_denied` or `unauthenticated`, before any I/O. */
  authorize(...permissions: readonly [Permission, ...Permission[]]): Transport {
    for (const permission of permissions) {
      authorize(this.#principal, this.#roles, permission, this.namespace, new Date());
    }
    return this.#transport;
  }

  /**
   * Runs a stream under `permission`: checked at its start, again for each element, and ended with `unauthenticated` at the moment the
   * principal expires, whether or not anything happens then. The caller's own abort ends it without an error.
   */
  stream<T>(
    permission: Permission,
    signal: AbortSignal | undefined,
    open: (transport: Transport, signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncIterableIterator<T, void, undefined> {
    const transport = this.authorize(permission);
    return abortOnReturn(signal, (leaving) => this.#run(permission, leaving, (combined) => open(transport, combined)));
  }

  async *#run<T>(
    permission: Permission,
    leaving: AbortSignal,
    open: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    const { expiresAt } = this.#principal;
    const lifeMs = expiresAt === undefined ? MAX_TIMER_MS : expiresAt.getTime() - Date.now();
    const deadline = startDeadline(Math.min(Math.max(lifeMs, 0), MAX_TIMER_MS), leaving, expired);
    try {
      for await (const element of open(deadline.signal)) {
        this.authorize(permission);
        yield element;
      }
      if (deadline.hasPassed()) throw expired();
    } catch (error) {
      throw deadline.hasPassed() ? expired() : error;
    } finally {
      deadline.stop();
    }
  }
}
