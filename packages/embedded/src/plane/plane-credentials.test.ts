import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepPlaneCredentials } from "./plane-credentials.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const HOSTS = ["localhost", "127.0.0.1", "::1"];

describe("the plane's credentials", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-pki-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const keep = (now?: Date, hosts = HOSTS) => keepPlaneCredentials(join(directory, "pki"), { hosts, now });

  it("are the same at the next start", async () => {
    expect(await keep()).toEqual(await keep());
  });

  it("are readable by their owner alone, and leave no temporary file", async () => {
    await keep();
    const pki = join(directory, "pki");
    const names = await readdir(pki);
    expect(names.sort()).toEqual(["admin.token", "apiserver.pem", "ca.pem"]);
    for (const name of names) expect((await stat(join(pki, name))).mode & 0o777).toBe(0o600);
    expect((await stat(pki)).mode & 0o777).toBe(0o700);
  });

  it("have a serving certificate that covers every host and hangs on the authority", async () => {
    const { serving, certificateAuthority } = await keep();
    const certificate = new X509Certificate(serving.certificate);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkIP("::1")).toBe("::1");
    expect(certificate.verify(new X509Certificate(certificateAuthority).publicKey)).toBe(true);
  });

  it("renew the serving certificate before it expires and keep the authority and the token", async () => {
    const first = await keep();
    const later = await keep(new Date(Date.now() + 300 * DAY_MS));
    expect(later.serving).not.toEqual(first.serving);
    expect(later).toMatchObject({ certificateAuthority: first.certificateAuthority, token: first.token });
  });

  it("extend the authority with its key, so that a copied kubeconfig still verifies what is served", async () => {
    const first = await keep();
    const later = await keep(new Date(Date.now() + 3600 * DAY_MS));
    expect(later.certificateAuthority).not.toBe(first.certificateAuthority);
    const copied = new X509Certificate(first.certificateAuthority);
    expect(new X509Certificate(later.serving.certificate).verify(copied.publicKey)).toBe(true);
  });

  it("issue a new serving certificate for a host that the old one does not cover", async () => {
    await keep();
    const { serving } = await keep(undefined, [...HOSTS, "192.0.2.7"]);
    expect(new X509Certificate(serving.certificate).checkIP("192.0.2.7")).toBe("192.0.2.7");
  });

  it.each(["ca.pem", "apiserver.pem", "admin.token"])("make a damaged %s anew", async (name) => {
    await keep();
    const path = join(directory, "pki", name);
    const whole = await readFile(path, "utf8");
    await writeFile(path, whole.slice(0, 20));
    const { serving, certificateAuthority, token } = await keep();
    expect(token).toHaveLength(43);
    expect(new X509Certificate(serving.certificate).verify(new X509Certificate(certificateAuthority).publicKey)).toBe(
      true,
    );
    expect(await keep()).toEqual({ serving, certificateAuthority, token });
  });
});
