import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CompactSign, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTokenIssuer, ISSUER, type TokenIssuer } from "../../test/support/token-issuer.js";
import type { AuthOptions, IssuerOptions } from "./auth-options.js";
import { type Authenticator, createAuthenticator } from "./authenticator.js";

let issuer: TokenIssuer;
let authenticate: Authenticator;

beforeEach(async () => {
  issuer = await createTokenIssuer();
  authenticate = await createAuthenticator(issuer.auth);
});

const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Signs any header and any payload text, as an attacker with a key, or a sloppy issuer, would. */
async function signRaw(headerText: string, payload: string | object, key = issuer.privateKey): Promise<string> {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const signed = await new CompactSign(new TextEncoder().encode(body)).setProtectedHeader({ alg: "ES256" }).sign(key);
  const input = `${encode(headerText)}.${signed.split(".")[1]}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}

const goodClaims = () => ({ iss: ISSUER, aud: "tenantry", sub: "alice", iat: seconds(), exp: seconds() + 60 });
const goodHeader = (more: object = {}) => JSON.stringify({ alg: "ES256", kid: "key-1", typ: "at+jwt", ...more });

async function refusalOf(token: string | undefined): Promise<string> {
  const found = await authenticate(token);
  return "refused" in found ? found.refused : "accepted";
}

test("accepts a token of good form and reads who it is and until when", async () => {
  const exp = seconds() + 600;
  const found = await authenticate(await issuer.sign({ exp, namespaces: { "team-a": ["namespace-admin"] } }));
  expect(found).toEqual({
    principal: {
      subject: { kind: "user", issuer: ISSUER, name: "alice" },
      namespaces: new Map([["team-a", ["namespace-admin"]]]),
      account: [],
      expiresAt: new Date((exp + 5) * 1000),
    },
  });
});

test("signs a raw token that is accepted, so that the refusals below are not for another reason", async () => {
  expect(await refusalOf(await signRaw(goodHeader(), goodClaims()))).toBe("accepted");
});

describe("algorithms and signatures", () => {
  test.each(["none", "nOnE", "NONE", "None "])("S001, S002 refuses alg %j with an empty signature", async (alg) => {
    expect(await refusalOf(`${encode({ alg, typ: "at+jwt" })}.${encode(goodClaims())}.`)).not.toBe("accepted");
  });

  test("S003, S004 refuses HS256 keyed with what is public about the key", async () => {
    const { publicKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256" };
    authenticate = await createAuthenticator(configured({ algorithms: ["RS256"], jwks: { keys: [jwk] } }));
    for (const secret of [JSON.stringify(jwk), jwk.n ?? "", "secret"]) {
      const token = await new SignJWT(goodClaims())
        .setProtectedHeader({ alg: "HS256", kid: "key-1", typ: "at+jwt" })
        .sign(new TextEncoder().encode(secret.padEnd(32, "0")));
      expect(await refusalOf(token)).not.toBe("accepted");
    }
  });

  test("S005 refuses RS256 under a key that is published for PS256, though both are allowed", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "PS256" };
    authenticate = await createAuthenticator(configured({ algorithms: ["RS256", "PS256"], jwks: { keys: [jwk] } }));
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "RS256", kid: "key-1", typ: "at+jwt" })
      .sign(privateKey);
    expect(await refusalOf(token)).toBe("ERR_JWKS_NO_MATCHING_KEY");
  });

  test("refuses an algorithm that the key could do and the configuration does not name", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: "key-1" };
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "RS256", kid: "key-1", typ: "at+jwt" })
      .sign(privateKey);
    authenticate = await createAuthenticator(configured({ algorithms: ["PS256"], jwks: { keys: [jwk] } }));
    expect(await refusalOf(token)).toBe("ERR_JOSE_ALG_NOT_ALLOWED");
    authenticate = await createAuthenticator(configured({ algorithms: ["PS256", "RS256"], jwks: { keys: [jwk] } }));
    expect(await refusalOf(token)).toBe("accepted");
  });

  test("S010 refuses a token under an RSA key of 1024 bits, where Web Crypto throws a plain TypeError", async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(
      { name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
      true,
      ["sign", "verify"],
    );
    const jwk = { ...((await crypto.subtle.exportKey("jwk", publicKey)) as JWK), kid: "key-1", key_ops: ["verify"] };
    authenticate = await createAuthenticator(configured({ algorithms: ["RS256"], jwks: { keys: [jwk] } }));
    const input = `${encode({ alg: "RS256", kid: "key-1", typ: "at+jwt" })}.${encode(goodClaims())}`;
    const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, Buffer.from(input));
    expect(await refusalOf(`${input}.${Buffer.from(signature).toString("base64url")}`)).toBe("TypeError");
  });

  test("S011 refuses another token's signature under changed claims", async () => {
    const [header, , signature] = (await issuer.sign()).split(".");
    expect(await refusalOf(`${header}.${encode({ ...goodClaims(), sub: "admin" })}.${signature}`)).toBe(
      "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    );
  });

  test("S013 refuses two, four and five segments, and an empty signature", async () => {
    const token = await issuer.sign();
    const [header, payload] = token.split(".");
    for (const odd of [`${header}.${payload}`, `${header}.${payload}.`, `${token}.x`, `${token}.x.y`]) {
      expect(await refusalOf(odd)).not.toBe("accepted");
    }
  });

  test("S017, S028 refuses critical headers, b64 among them", async () => {
    for (const more of [
      { b64: false, crit: ["b64"] },
      { crit: ["exp"] },
      { crit: [] },
      { crit: ["unknown"], unknown: 1 },
    ]) {
      expect(await refusalOf(await signRaw(goodHeader(more), goodClaims()))).not.toBe("accepted");
    }
  });
});

describe("headers that name keys", () => {
  test("S020, S022 refuses a kid that is a path, a number, an object or a member every object has", async () => {
    for (const kid of [
      "../../../../dev/null",
      "file:///etc/passwd",
      1,
      {},
      "__proto__",
      "constructor",
      "k".repeat(8_000),
    ]) {
      expect(await refusalOf(await signRaw(goodHeader({ kid }), goodClaims()))).not.toBe("accepted");
    }
  });

  test("S024, S025, S027 never uses the key, or asks the address, that a token brings along", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: "evil" };
    const stranger = await countRequests({ keys: [jwk] });
    for (const more of [
      { jwk },
      { jku: stranger.url },
      { x5u: stranger.url },
      { jwk, kid: "evil", jku: stranger.url },
    ]) {
      expect(await refusalOf(await signRaw(goodHeader(more), goodClaims(), privateKey))).not.toBe("accepted");
    }
    expect(stranger.requests()).toBe(0);
  });

  test("S029 refuses a token whose kid names two keys", async () => {
    const other = (await createTokenIssuer()).jwk;
    authenticate = await createAuthenticator(configured({ jwks: { keys: [issuer.jwk, other] } }));
    expect(await refusalOf(await issuer.sign())).toBe("ERR_JWKS_MULTIPLE_MATCHING_KEYS");
  });

  test("S023 accepts a token without kid while exactly one key fits", async () => {
    expect(await refusalOf(await issuer.sign({}, { kid: undefined }))).toBe("accepted");
  });

  test("S033 refuses a token that one issuer's key signed in the name of the other", async () => {
    const other = await createTokenIssuer("https://other.example");
    authenticate = await createAuthenticator({ issuers: [issuer.options, other.options] });
    expect(await refusalOf(await issuer.sign())).toBe("accepted");
    expect(await refusalOf(await other.sign())).toBe("accepted");
    expect(await refusalOf(await other.sign({ iss: ISSUER }))).toBe("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  });

  test("S034 asks nobody about an issuer that it does not know", async () => {
    const stranger = await countRequests({ keys: [issuer.jwk] });
    expect(await refusalOf(await issuer.sign({ iss: stranger.url }))).toBe("UnknownIssuer");
    expect(stranger.requests()).toBe(0);
  });
});

describe("claims", () => {
  test.each([
    ["S036 no exp", { exp: undefined }],
    ["S035 exp past the tolerance", { exp: seconds() - 6 }],
    ["S037 a life beyond the longest", { exp: seconds() + 90_000 }],
    ["S037 exp 1e308", { exp: 1e308 }],
    ["S037 exp -1", { exp: -1 }],
    ["S037 exp as text", { exp: `${seconds() + 60}` }],
    ["S037 exp null", { exp: null }],
    ["S038 nbf in the future", { nbf: seconds() + 60 }],
    ["S039 iat in the future", { iat: seconds() + 60, exp: seconds() + 120 }],
    ["no iat", { iat: undefined }],
    ["S040 another audience", { aud: "other" }],
    ["S040 no audience", { aud: undefined }],
    ["S040 a shared audience", { aud: ["tenantry", "other"] }],
    ["S041 the audience in other case", { aud: "Tenantry" }],
    ["S041 the audience with a slash", { aud: "tenantry/" }],
    ["S043 the issuer with a slash", { iss: `${ISSUER}/` }],
    ["S043 the issuer in other case", { iss: ISSUER.toUpperCase() }],
    ["S043 no issuer", { iss: undefined }],
    ["S043 a list for the issuer", { iss: [ISSUER] }],
    ["S047 no sub", { sub: undefined }],
    ["S047 an empty sub", { sub: "" }],
    ["S047 sub null", { sub: null }],
    ["S047 a list for sub", { sub: ["alice"] }],
    ["S047 10 KB of sub", { sub: "a".repeat(10_000) }],
    ["S047 a line break in sub", { sub: "alice\nadmin" }],
    ["S047 NUL in sub", { sub: "alice\0" }],
  ])("refuses %s", async (_, claims) => {
    expect(await refusalOf(await signRaw(goodHeader(), { ...goodClaims(), ...claims }))).not.toBe("accepted");
  });

  test("S040 accepts a shared audience where that is configured", async () => {
    authenticate = await createAuthenticator(configured({ acceptSharedAudience: true }));
    expect(await refusalOf(await issuer.sign({ aud: ["other", "tenantry"] }))).toBe("accepted");
  });

  test.each(["JWT", "logout+jwt", "secevent+jwt", "dpop+jwt", "at+jwt;x", undefined])(
    "S044, S045 refuses typ %s where access tokens say so",
    async (typ) => {
      expect(await refusalOf(await issuer.sign({}, { typ }))).toBe("TokenType");
    },
  );

  test.each(["at+jwt", "AT+JWT", "application/at+jwt"])("S046 accepts typ %s", async (typ) => {
    expect(await refusalOf(await issuer.sign({}, { typ }))).toBe("accepted");
  });

  test("S045 accepts typ JWT or none where that is configured, and still no logout token", async () => {
    authenticate = await createAuthenticator(configured({ tokenTypes: ["JWT"] }));
    expect(await refusalOf(await issuer.sign({}, { typ: "JWT" }))).toBe("accepted");
    expect(await refusalOf(await issuer.sign({}, { typ: undefined }))).toBe("accepted");
    expect(await refusalOf(await issuer.sign({}, { typ: "logout+jwt" }))).toBe("TokenType");
    expect(await refusalOf(await issuer.sign({}, { typ: "at+jwt" }))).toBe("TokenType");
  });

  test("S048 takes the last of a claim written twice, and refuses a header written twice", async () => {
    const text = JSON.stringify(goodClaims()).replace('"sub":"alice"', '"sub":"alice","sub":"bob"');
    expect(await authenticate(await signRaw(goodHeader(), text))).toMatchObject({
      principal: { subject: { name: "bob" } },
    });
    const header = '{"alg":"ES256","kid":"other","kid":"key-1","typ":"at+jwt"}';
    expect(await refusalOf(await signRaw(header, goodClaims()))).toBe("DuplicateHeader");
  });

  test("S086 makes two subjects of one name that two issuers vouch for", async () => {
    const other = await createTokenIssuer("https://other.example");
    authenticate = await createAuthenticator({ issuers: [issuer.options, other.options] });
    expect(await authenticate(await issuer.sign())).toMatchObject({ principal: { subject: { issuer: ISSUER } } });
    expect(await authenticate(await other.sign())).toMatchObject({
      principal: { subject: { issuer: "https://other.example" } },
    });
  });
});

describe("encoding and size", () => {
  test("S053, S055 refuses padding, other alphabets, blanks and invalid UTF-8", async () => {
    const token = await issuer.sign();
    const [header, payload, signature] = token.split(".");
    const invalid = Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url");
    for (const odd of [
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      `${header}.${payload}==.${signature}`,
      `${header}.${invalid}.x`,
    ]) {
      expect(await refusalOf(odd)).not.toBe("accepted");
    }
  });

  test("S056 accepts 8 KB and refuses 16 KB before looking at the signature", async () => {
    expect(await refusalOf(await issuer.sign({ pad: "x".repeat(5_500) }))).toBe("accepted");
    expect(await refusalOf(await issuer.sign({ pad: "x".repeat(12_000) }))).toBe("NoToken");
  });
});

describe("time", () => {
  test("S035 believes a token up to exp and the tolerance, to the second, from the cache as well", async () => {
    let now = new Date("2026-06-01T12:00:00Z");
    authenticate = await createAuthenticator({ ...issuer.auth, clockToleranceSeconds: 10 }, () => now);
    const start = now.getTime() / 1000;
    const token = await issuer.sign({ iat: start, exp: start + 30 });
    expect(await refusalOf(token)).toBe("accepted");
    now = new Date((start + 40) * 1000 - 1);
    expect(await refusalOf(token)).toBe("accepted");
    now = new Date((start + 40) * 1000);
    expect(await refusalOf(token)).toBe("ERR_JWT_EXPIRED");
  });

  test("checks one token's signature once", async () => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    const token = await issuer.sign();
    for (let i = 0; i < 5; i++) expect(await refusalOf(token)).toBe("accepted");
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });

  test("checks the signature again once the configured time is over", async () => {
    authenticate = await createAuthenticator({ ...issuer.auth, cacheSeconds: 0 });
    const verify = vi.spyOn(crypto.subtle, "verify");
    const token = await issuer.sign();
    for (let i = 0; i < 3; i++) await authenticate(token);
    expect(verify).toHaveBeenCalledTimes(3);
    verify.mockRestore();
  });
});

function configured(options: Partial<IssuerOptions>): AuthOptions {
  return { issuers: [{ ...issuer.options, ...options }] };
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function countRequests(body: object): Promise<{ readonly url: string; readonly requests: () => number }> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`, requests: () => requests };
}
