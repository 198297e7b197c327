import type { Condition } from "../kubernetes/condition.js";

/** What a caller may ask of a PostgreSQL cluster, whichever operator makes it. */
export interface ClusterSpec {
  /** Servers in all: one primary, the rest standbys. At least 1. */
  readonly instances?: number | undefined;
  /** The size of each server's data volume, as a Kubernetes quantity: `10Gi`. May grow, never shrink. */
  readonly storage: { readonly size: string };
  /** Major version, for example 18. The operator's default when absent. */
  readonly postgresVersion?: number | undefined;
  /** `postgresql.conf` settings. The operator keeps some for itself and refuses them. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** The first database. `app` when absent. Fixed at creation. */
  readonly database?: string | undefined;
  /** The role that owns it. The database's name when absent. Fixed at creation. */
  readonly owner?: string | undefined;
  /** `pg_hba.conf` lines before the default rule. Needs the permission `clusters:configureHba`. */
  readonly hba?: readonly string[] | undefined;
  /** Whether the operator gives the superuser a password and a Secret. Needs the permission `clusters:enableSuperuser`. */
  readonly superuserAccess?: boolean | undefined;
}

/**
 * Where a cluster stands, to show to people. Decide on {@link Cluster.ready}.
 * `attention`: the operator waits for a person.
 */
export type ClusterPhase = "pending" | "provisioning" | "updating" | "ready" | "attention" | "deleting" | "unknown";

export interface Cluster {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: Date;
  readonly deletingSince: Date | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: ClusterSpec;
  /** Every server asked for answers, and the spec it was made for is the present one. */
  readonly ready: boolean;
  readonly phase: ClusterPhase;
  /** The operator's own words for the phase, and why. */
  readonly phaseMessage: string | undefined;
  readonly readyInstances: number;
  readonly postgresVersion: number | undefined;
  readonly conditions: readonly Condition[];
}
