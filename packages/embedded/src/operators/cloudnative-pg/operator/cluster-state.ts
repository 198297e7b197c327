import type { RunningServer } from "../../../postgres/runtime.js";

/** What this process remembers of one cluster. All of it can be found out again: a restart begins with none. */
export interface ClusterState {
  /** The server as last seen answering; undefined once it ended or while nobody knows. */
  server: RunningServer | undefined;
  /** What it runs with. */
  fingerprint: string | undefined;
  /** The `restartedAt` that was obeyed last. */
  restartedAt: string | undefined;
  /** How often the server ended unasked. */
  exits: number;
}

/** Servers of this operator, among those of others on the same runtime. The uid keeps a cluster from the data of one of the same name before. */
const PREFIX = "cnpg-";

export function serverId(uid: string): string {
  return `${PREFIX}${uid}`;
}

export function uidOfServer(id: string): string | undefined {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : undefined;
}

export class ClusterStates {
  readonly #states = new Map<string, ClusterState>();

  of(uid: string): ClusterState {
    let state = this.#states.get(uid);
    if (state === undefined) {
      state = { server: undefined, fingerprint: undefined, restartedAt: undefined, exits: 0 };
      this.#states.set(uid, state);
    }
    return state;
  }

  forget(uid: string): void {
    this.#states.delete(uid);
  }
}
