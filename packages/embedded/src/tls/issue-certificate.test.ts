import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CertificateAndKey,
  createCertificateAuthority,
  renewCertificateAuthority,
} from "./certificate-authority.js";
import { isDnsName, isKeyOf, issueCertificate } from "./issue-certificate.js";
import { isSignedBy, readCertificate } from "./read-certificate.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = { dnsNames: ["localhost", "shop-rw.team-a.svc"], ipAddresses: ["127.0.0.1", "::1"] };

let authority: CertificateAndKey;
let server: CertificateAndKey;
beforeAll(async () => {
  authority = await createCertificateAuthority({ commonName: "shop", organizationalUnit: "team-a", days: 90 });
  server = await issueCertificate(authority, { commonName: "shop-rw", ...NAMES, days: 90, usages: ["server"] });
});

describe("a TLS handshake with an issued certificate", () => {
  const listener = createServer({ minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: false });
  const seen: { authorized: boolean; peer: string }[] = [];
  beforeAll(async () => {
    listener.setSecureContext({ cert: server.certificate, key: server.key, ca: authority.certificate });
    listener.on("secureConnection", (socket: TLSSocket) => {
      seen.push({ authorized: socket.authorized, peer: String(socket.getPeerCertificate().subject?.CN) });
      socket.end();
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
  });
  afterAll(() => listener.close());

  async function handshake(options: { servername: string; ca: string; client?: CertificateAndKey }): Promise<string> {
    const { servername, ca, client } = options;
    const { port } = listener.address() as AddressInfo;
    const credentials = client === undefined ? {} : { cert: client.certificate, key: client.key };
    const socket = connect({ host: "127.0.0.1", port, servername, ca, ...credentials });
    try {
      await once(socket, "secureConnect");
      const closed = once(socket, "close");
      socket.resume();
      await closed;
      return socket.getProtocol() ?? "";
    } finally {
      socket.destroy();
    }
  }

  it.each(["localhost", "shop-rw.team-a.svc"])("verifies as %s", async (servername) => {
    await expect(handshake({ servername, ca: authority.certificate })).resolves.toBeTypeOf("string");
  });

  it("is refused under another name", async () => {
    await expect(handshake({ servername: "shop-rw.team-b.svc", ca: authority.certificate })).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("is refused by who trusts another authority of the same name", async () => {
    const other = await createCertificateAuthority({ commonName: "shop", organizationalUnit: "team-a", days: 90 });
    await expect(handshake({ servername: "localhost", ca: other.certificate })).rejects.toThrow();
  });

  it("lets a client prove itself with a client certificate, and not with a server's", async () => {
    const client = await issueCertificate(authority, { commonName: "streaming_replica", days: 1, usages: ["client"] });
    await handshake({ servername: "localhost", ca: authority.certificate, client });
    expect(seen.at(-1)).toEqual({ authorized: true, peer: "streaming_replica" });
    await handshake({ servername: "localhost", ca: authority.certificate, client: server });
    expect(seen.at(-1)?.authorized).toBe(false);
  });

  it("still verifies with the old authority's certificate once the authority is renewed, and the other way round", async () => {
    const renewed = await renewCertificateAuthority(authority, {
      days: 90,
      now: new Date(Date.now() + DAY_MS / 24 / 60),
    });
    await expect(handshake({ servername: "localhost", ca: renewed.certificate })).resolves.toBeTypeOf("string");
    const reissued = await issueCertificate(renewed, { commonName: "x", ...NAMES, days: 1, usages: ["server"] });
    expect(isSignedBy(reissued.certificate, authority.certificate)).toBe(true);
  });
});

describe("what is in a certificate", () => {
  it("names its subject, its validity and every address it stands for", () => {
    const details = readCertificate(server.certificate);
    expect(details.commonName).toBe("shop-rw");
    expect(details.isAuthority).toBe(false);
    expect(details.dnsNames).toEqual(NAMES.dnsNames);
    expect(new X509Certificate(server.certificate).checkIP("::1")).toBe("::1");
    expect(details.notAfter.getTime() - Date.now()).toBeGreaterThan(89.9 * DAY_MS);
    expect(readCertificate(authority.certificate)).toMatchObject({ commonName: "shop", isAuthority: true });
  });

  it("ends no later than its authority", async () => {
    const long = await issueCertificate(authority, { commonName: "x", days: 4000, usages: ["server"] });
    expect(readCertificate(long.certificate).notAfter).toEqual(readCertificate(authority.certificate).notAfter);
  });

  it("carries critical key usage, its purpose and both key identifiers", () => {
    const { keyUsage } = new X509Certificate(server.certificate);
    expect(keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    const identifiers = server.certificate;
    expect(isSignedBy(identifiers, authority.certificate)).toBe(true);
    expect(isKeyOf(server.key, server.certificate)).toBe(true);
    expect(isKeyOf(authority.key, server.certificate)).toBe(false);
  });

  it("has a random positive serial number of its own", async () => {
    const many = await Promise.all(
      Array.from({ length: 8 }, () => issueCertificate(authority, { commonName: "x", days: 1, usages: ["server"] })),
    );
    const serials = many.map(({ certificate }) => BigInt(`0x${readCertificate(certificate).serialNumber}`));
    expect(new Set(serials).size).toBe(8);
    for (const serial of serials) expect(serial > 0n).toBe(true);
  });

  it("keeps a comma or a quote in a name as it is, instead of reading it as another field", async () => {
    const commonName = 'a, CN=b+O="c"';
    const odd = await issueCertificate(authority, { commonName, days: 1, usages: ["client"] });
    expect(readCertificate(odd.certificate).commonName).toBe(commonName);
    const unit = await createCertificateAuthority({ commonName: "x", organizationalUnit: '"a\\b"', days: 1 });
    const renewed = await renewCertificateAuthority(unit, { days: 1 });
    expect(new X509Certificate(renewed.certificate).subject).toBe(new X509Certificate(unit.certificate).subject);
  });
});

describe("bad input", () => {
  it.each(["", "a b", "-a", "127.0.0.1", "a_b", "a..b", `${"a".repeat(64)}.b`])("is not a DNS name: %j", (name) => {
    expect(isDnsName(name)).toBe(false);
  });
  it("is refused before anything is signed", async () => {
    const options = { commonName: "x", days: 1, usages: ["server"] as const };
    await expect(issueCertificate(authority, { ...options, dnsNames: ["a b"] })).rejects.toThrow(
      '"a b" is not a DNS name',
    );
    await expect(issueCertificate(authority, { ...options, ipAddresses: ["1.2.3"] })).rejects.toThrow(
      "not an IP address",
    );
    await expect(issueCertificate(authority, { ...options, days: 0 })).rejects.toThrow(RangeError);
    expect(() => readCertificate("nothing")).toThrow(TypeError);
  });
});
