import type { OutgoingHttpHeaders } from "node:http";
import { Agent, type RequestOptions } from "node:https";
import { TenantryError } from "../../errors/tenantry-error.js";
import { type KubeConfigSource, type KubeUser, type LoadedKubeConfig, loadKubeConfig } from "./kube-config.js";
import { carryTokens, oidcTokensOf } from "./oidc-tokens.js";

/** What one request needs to be let in: TLS options, the pool to take a connection from, and headers. */
export interface Credentials {
  readonly tls: Pick<RequestOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  readonly agent: RequestOptions["agent"];
  readonly headers: OutgoingHttpHeaders;
  /** Grows with each refresh, so that of many calls refused together only one refreshes. */
  readonly generation: number;
}

/** How long an answer of the official client is used again: it reads files and makes an agent each time it is asked. */
const REUSE_MS = 5_000;
/** Who was refused with credentials this new will not do better with newer ones. */
const MIN_REFRESH_INTERVAL_MS = 5_000;
/** Below the idle limits of API servers (90 s) and of load balancers (60 s), so that we close first. */
const IDLE_SOCKET_MS = 30_000;

/** No JWT, which counts as expired. */
const REFUSED_TOKEN = "refused";

/** Credentials of the current user, obtained, kept for a moment and renewed through the official client. */
export class CredentialSource {
  /** No limit on sockets: watches hold theirs, and a limit would let them starve every other call. */
  readonly #pool = new Agent({ keepAlive: true, timeout: IDLE_SOCKET_MS, maxFreeSockets: 64, scheduling: "lifo" });
  readonly #source: KubeConfigSource;
  #loaded: LoadedKubeConfig;
  #generation = 0;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #cached: { readonly credentials: Promise<Credentials>; readonly until: number } | undefined;
  #proxyAgent: RequestOptions["agent"];

  constructor(source: KubeConfigSource, loaded: LoadedKubeConfig) {
    this.#source = source;
    this.#loaded = loaded;
  }

  current(): Promise<Credentials> {
    if (this.#cached !== undefined && performance.now() < this.#cached.until) return this.#cached.credentials;
    return this.#remember(this.#obtain());
  }

  /** Newer credentials than `refused`, or undefined when there are none to be had. */
  async refresh(refused: Credentials): Promise<Credentials | undefined> {
    if (refused.generation === this.#generation) {
      const now = performance.now();
      if (now - this.#refreshedAt < MIN_REFRESH_INTERVAL_MS) return undefined;
      this.#refreshedAt = now;
      this.#generation += 1;
      return await this.#remember(this.#reload());
    }
    return await this.current();
  }

  close(): void {
    this.#pool.destroy();
    if (typeof this.#proxyAgent === "object") this.#proxyAgent.destroy();
  }

  /** A failure is not kept: the next call asks again. */
  #remember(credentials: Promise<Credentials>): Promise<Credentials> {
    const cached = { credentials, until: performance.now() + REUSE_MS };
    this.#cached = cached;
    credentials.catch(() => {
      if (this.#cached === cached) this.#cached = undefined;
    });
    return credentials;
  }

  /** Starts from the file again: a plugin's cached token, a token file's contents and the file's own changes are all looked at anew. */
  async #reload(): Promise<Credentials> {
    const loaded = await loadKubeConfig(this.#source);
    carryTokens(this.#loaded.user, loaded.user, REFUSED_TOKEN);
    this.#loaded = loaded;
    return this.#obtain();
  }

  async #obtain(): Promise<Credentials> {
    const generation = this.#generation;
    const { config, cluster, user } = this.#loaded;
    const idToken = oidcTokensOf(user)?.["id-token"];
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
    } catch {
      throw this.#failure(); // without the cause: it may hold what a plugin printed
    }
    if (oidcTokensOf(user)?.["id-token"] !== idToken) await this.#adoptTokens(user);
    const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
    const headers = trimmed(options.headers);
    if (auth != null) headers.Authorization = `Basic ${Buffer.from(auth).toString("base64")}`;
    if (cluster.proxyUrl != null || cluster.server.startsWith("http:")) {
      this.#proxyAgent ??= keptAlive(options.agent);
    }
    const tls = { ca, cert, key, servername, rejectUnauthorized };
    return { tls, agent: this.#proxyAgent ?? this.#pool, headers, generation };
  }

  /**
   * After a refresh the official client takes the seconds that the new token lives for the instant it ends (oidc_auth.js), and would
   * refresh at every call. One that starts with the new token reads that instant from it.
   */
  async #adoptTokens(user: KubeUser): Promise<void> {
    const loaded = await loadKubeConfig(this.#source);
    carryTokens(user, loaded.user, oidcTokensOf(user)?.["id-token"]);
    this.#loaded = loaded;
  }

  #failure(): TenantryError {
    const { user, cluster } = this.#loaded;
    const command = user.exec?.command;
    if (command != null) {
      const hint = "run it by hand to see what it says";
      return new TenantryError("unauthenticated", `user "${user.name}": the plugin "${command}" failed; ${hint}`);
    }
    if (cluster.server.startsWith("http:")) {
      const text = `cluster "${cluster.name}": a server without TLS needs insecure-skip-tls-verify: true`;
      return new TenantryError("invalid_argument", text);
    }
    const text = `no credentials for user "${user.name}": a file it names cannot be read, or its identity provider did not answer`;
    return new TenantryError("unauthenticated", text);
  }
}

/** Tokens read from files end in a newline, which no header may. */
function trimmed(headers: RequestOptions["headers"]): OutgoingHttpHeaders {
  const entries = Object.entries((headers ?? {}) as OutgoingHttpHeaders);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? value.trim() : value]));
}

/** The official client's agents (proxy, SOCKS, plain HTTP) are made for one request; these two properties make them a pool. */
function keptAlive(agent: RequestOptions["agent"]): RequestOptions["agent"] {
  if (typeof agent === "object") Object.assign(agent, { keepAlive: true, maxFreeSockets: 64 });
  return agent;
}
