import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDevelopmentIssuer, DEVELOPMENT_AUDIENCE } from "./development-issuer.js";
import { type DiscoveryServer, serveDiscovery } from "./serve-discovery.js";

describe("the development issuer over HTTP", () => {
  let server: DiscoveryServer;
  beforeEach(async () => {
    server = await serveDiscovery(0);
  });
  afterEach(() => server.close());

  it("lets another program find the keys and verify a token with them", async () => {
    const issuer = await createDevelopmentIssuer(`http://127.0.0.1:${server.port}`, async () => {});
    server.publish(issuer);
    const answer = await fetch(`${issuer.url}/.well-known/openid-configuration`);
    const configuration = (await answer.json()) as { issuer: string; jwks_uri: string };
    expect(configuration.issuer).toBe(issuer.url);
    const token = await issuer.mint({ subject: "alice", namespaces: {}, account: [], ttlSeconds: 60 });
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(configuration.jwks_uri)), {
      issuer: issuer.url,
      audience: DEVELOPMENT_AUDIENCE,
      typ: "at+jwt",
    });
    expect(payload.sub).toBe("alice");
  });

  it("answers 503 until there is a key, and 404 for anything else", async () => {
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
    expect(await statusOf("/jwks")).toBe(503);
    server.publish(await createDevelopmentIssuer(`http://127.0.0.1:${server.port}`, async () => {}));
    expect([await statusOf("/jwks"), await statusOf("/")]).toEqual([200, 404]);
  });
});
