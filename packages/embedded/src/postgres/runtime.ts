/**
 * Runs PostgreSQL servers, one a directory. `process` runs real ones. The operator says what it wants, the runtime makes it so:
 * every call is idempotent and may be repeated after a crash at any instant.
 */
export interface PostgresRuntime {
  readonly version: { readonly major: number; readonly full: string };
  /**
   * Brings one server to `desired`: makes its data directory if there is none, writes its configuration and certificates, and starts,
   * reloads or restarts it as the difference needs. A server that runs already, left by an earlier process of ours, is adopted, never
   * started twice. Resolves once it answers over TLS.
   *
   * @throws TenantryError `resource_exhausted` (no disk), `permission_denied` (directory of another user), `unavailable` (did not start in
   * time), `invalid_argument` (PostgreSQL refuses a setting; the violation names it).
   */
  ensure(id: string, desired: DesiredServer, options?: EnsureOptions): Promise<RunningServer>;
  /** Stops it (fast shutdown) and keeps its data. */
  stop(id: string): Promise<void>;
  /** Stops it and removes its data. */
  remove(id: string): Promise<void>;
  /** Every id that has data or a process. */
  list(): Promise<readonly string[]>;
  /** Calls back when a server ends that was not asked to. Returns how to unsubscribe. */
  onExit(listener: (id: string) => void): () => void;
  /** Copies data directories ahead of time, so that the next new server starts at once. */
  warm(count: number): Promise<void>;
  /** Stops every server and waits for it. */
  close(): Promise<void>;
}

export interface DesiredServer {
  /** First database and its owner, made when the data directory is. Later changes are ignored. */
  readonly bootstrap: { readonly database: string; readonly owner: string };
  /** `postgresql.conf` settings of the spec; the runtime adds its own and they win. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whole `pg_hba.conf` lines, in order, for connections over TCP. */
  readonly hba: readonly string[];
  /** The server's certificate chain and key, PEM. A change reloads. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly clientCa: string };
  /** The port of the last time, to keep the address. Another is taken when it is not free. */
  readonly port?: number | undefined;
  /** SCRAM passwords by role, clear text; `null` takes the password away. Applied when they change. */
  readonly passwords: Readonly<Record<string, string | null>>;
}

export interface EnsureOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?:
    | ((step: "copying" | "starting" | "restarting" | "reloading" | "adopted" | "bootstrapping") => void)
    | undefined;
}

export interface RunningServer {
  readonly id: string;
  /** Loopback. */
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly startedAt: Date;
}
