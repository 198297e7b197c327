import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthenticator } from "../auth/authenticator.js";
import { developmentAuth } from "./dev/development-auth.js";
import {
  createDevelopmentIssuer,
  type DevelopmentIssuer,
  developmentIssuerPath,
  readDevelopmentIssuer,
} from "./issuer/development-issuer.js";
import { mintToken } from "./mint-token.js";

const HOUR = 3600;

describe("a token from the command", () => {
  let directory: string;
  let issuer: DevelopmentIssuer;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-token-"));
    issuer = await createDevelopmentIssuer("http://127.0.0.1:5556", (content) =>
      writeFile(developmentIssuerPath(directory), content),
    );
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function principalOf(token: string) {
    const authentication = await (await createAuthenticator(developmentAuth(issuer)))(token);
    if (!("principal" in authentication)) throw new Error(authentication.refused);
    return authentication.principal;
  }

  it("is accepted by the gateway and grants the role in the namespaces named, and nowhere else", async () => {
    const token = await mintToken({ directory, namespace: ["team-a", "team-b"], role: "namespace-reader", ttl: HOUR });
    const principal = await principalOf(token);
    expect(principal.namespaces).toEqual(
      new Map([
        ["team-a", ["namespace-reader"]],
        ["team-b", ["namespace-reader"]],
      ]),
    );
    expect(principal.account).toEqual([]);
    expect(principal.subject).toEqual({
      kind: "user",
      issuer: "http://127.0.0.1:5556",
      name: "namespace-reader@team-a+team-b",
    });
    const leftMs = (principal.expiresAt?.getTime() ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan((HOUR - 60) * 1000);
    expect(leftMs).toBeLessThan((HOUR + 60) * 1000);
  });

  it("grants everywhere only when asked to", async () => {
    const options = { directory, account: true, role: "account-reader", subject: "alice", ttl: HOUR } as const;
    const principal = await principalOf(await mintToken(options));
    expect(principal).toMatchObject({ account: ["account-reader"], namespaces: new Map(), subject: { name: "alice" } });
  });

  it("is accepted by the issuer of a later start as well, as the key stays", async () => {
    const token = await mintToken({ directory, namespace: ["team-a"], role: "namespace-admin", ttl: HOUR });
    const later = await readDevelopmentIssuer(directory);
    if (later === undefined) throw new Error("the issuer was not kept");
    const authenticate = await createAuthenticator(developmentAuth(later));
    expect(await authenticate(token)).toHaveProperty("principal");
  });

  it("is not accepted by another directory's gateway", async () => {
    const token = await mintToken({ directory, namespace: ["team-a"], role: "namespace-admin", ttl: HOUR });
    const other = await createDevelopmentIssuer(issuer.url, async () => {});
    const authenticate = await createAuthenticator(developmentAuth(other));
    expect(await authenticate(token)).toHaveProperty("refused");
  });

  it.each([
    [{ namespace: [], role: "namespace-admin", ttl: 1 }, "--namespace: name at least one"],
    [{ namespace: ["Team_A"], role: "namespace-admin", ttl: 1 }, '--namespace: "Team_A" must be a DNS-1123 label'],
    [{ namespace: ["team-a"], role: "", ttl: 1 }, "--role"],
    [{ namespace: ["team-a"], role: "namespace-admin", ttl: 366 * 86_400 }, "--ttl: must be at most 365d"],
  ])("is refused for %j, naming the option", async (flags, message) => {
    await expect(mintToken({ directory, ...flags })).rejects.toThrow(message);
  });

  it("needs a directory where the command has run", async () => {
    const other = join(directory, "other");
    await expect(mintToken({ directory: other, namespace: ["a"], role: "r", ttl: 1 })).rejects.toThrow(
      `"${other}" holds no key to sign with; run \`tenantry dev --directory ${other}\` once`,
    );
  });

  it("tells nothing of a damaged key but its place", async () => {
    await writeFile(developmentIssuerPath(directory), '{"url":"http://x","privateKey":{"d":"secret-part"}');
    const failure = await mintToken({ directory, namespace: ["a"], role: "r", ttl: 1 }).catch((error: Error) => error);
    expect(String(failure)).toContain("is damaged; remove it");
    expect(JSON.stringify(failure) + String(failure)).not.toContain("secret-part");
  });
});

describe("the issuer's published keys", () => {
  it("hold no private part", async () => {
    const { jwks } = await createDevelopmentIssuer("http://127.0.0.1:1", async () => {});
    expect(jwks.keys.flatMap((key) => Object.keys(key)).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });
});
