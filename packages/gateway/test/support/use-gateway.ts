import { afterEach, beforeEach } from "vitest";
import type { AuthOptions } from "../../src/auth/auth-options.js";
import { createLogger, type Gateway, type GatewayOptions, startGateway } from "../../src/index.js";
import { type ControlPlane, createControlPlane } from "./control-plane.js";
import { type GraphqlAnswer, post } from "./graphql-client.js";
import { createTokenIssuer, type TokenIssuer } from "./token-issuer.js";

interface Fixture {
  plane: ControlPlane;
  issuer: TokenIssuer;
  gateway: Gateway;
  /** For the namespace team-a. */
  token: string;
  /** What the gateway has logged, a line each. */
  log: string[];
  /** Another gateway, which the test closes. */
  start(options: Partial<GatewayOptions>): Promise<Gateway>;
  /** A gateway with other options in the place of the first one. */
  restart(options: Partial<GatewayOptions>): Promise<void>;
  /** Posts with the token. */
  ask<T = Readonly<Record<string, unknown>>>(query: string, variables?: object): Promise<GraphqlAnswer<T>>;
  send(init: RequestInit, path?: string): Promise<Response>;
  /** With the token. */
  headers(more?: Readonly<Record<string, string>>): Record<string, string>;
}

/** A gateway over a control plane of its own, a new one for each test, closed after it. */
export function useGateway(auth: Partial<AuthOptions> = {}): Fixture {
  const fixture = {} as Fixture;
  fixture.start = (options) => {
    const { plane, issuer, log } = fixture;
    const logger = createLogger({ destination: { write: (line) => void log.push(line) } });
    const own = { tenantry: plane.tenantry, auth: { ...issuer.auth, ...auth }, port: 0, logger };
    return startGateway({ ...own, ...options });
  };
  fixture.restart = async (options) => {
    await fixture.gateway.close();
    fixture.gateway = await fixture.start(options);
  };
  fixture.ask = (query, variables) => post(fixture.gateway.url, fixture.token, query, variables);
  fixture.send = (init, path = "/graphql") => fetch(new URL(path, fixture.gateway.url), init);
  fixture.headers = (more = {}) => ({ authorization: `Bearer ${fixture.token}`, ...more });
  beforeEach(async () => {
    fixture.log = [];
    fixture.plane = await createControlPlane();
    fixture.issuer = await createTokenIssuer();
    fixture.token = await fixture.issuer.tokenFor("team-a");
    fixture.gateway = await fixture.start({});
  });
  afterEach(async () => {
    await fixture.gateway.close();
    await fixture.plane.close();
  });
  return fixture;
}
