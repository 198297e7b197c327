import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "./read-configuration.js";

const COMPLETE = `
listen: { host: 0.0.0.0, port: 8080 }
kubernetes:
  kubeconfig: clusters/prod.yaml
  context: prod
provider: cloudnative-pg
auth:
  issuers:
    - issuer: https://id.example.com
      audience: tenantry
      algorithms: [RS256, ES256]
      jwks: { uri: "https://id.example.com/keys" }
      claims: { namespaces: [resource_access, tenantry], groups: { claim: groups, prefix: db } }
    - issuer: ci
      audience: tenantry
      algorithms: [EdDSA]
      jwks: { file: ci-keys.json }
      subjectKind: serviceIdentity
      claims: { account: roles }
roles: { reporter: ["clusters:get"] }
limits: { maxDepth: 12 }
`;

describe("the configuration file", () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-configuration-"));
    file = join(directory, "tenantry.yaml");
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const read = async (text: string) => {
    await writeFile(file, text);
    return readConfiguration(file);
  };
  const problemsOf = (text: string) =>
    read(text).then(
      () => [],
      (error: Error) => error.message.replaceAll(file, "tenantry.yaml").split("\n"),
    );

  it("is read whole, its paths relative to itself", async () => {
    const configuration = await read(COMPLETE);
    expect(configuration.listen).toEqual({ host: "0.0.0.0", port: 8080 });
    expect(configuration.kubernetes).toEqual({ kubeconfig: join(directory, "clusters/prod.yaml"), context: "prod" });
    expect(configuration.auth.issuers[1]?.jwks).toEqual({ file: join(directory, "ci-keys.json") });
  });

  it("may be JSON", async () => {
    const configuration = await read(COMPLETE);
    expect(await read(JSON.stringify(configuration))).toEqual(configuration);
  });

  it("names a misspelt setting and its line", async () => {
    expect(await problemsOf(COMPLETE.replace("context:", "contxt:"))).toEqual([
      "tenantry.yaml:5: kubernetes.contxt: there is no such setting",
    ]);
    expect(await problemsOf(COMPLETE.replace("subjectKind", "subjectkind"))).toEqual([
      "tenantry.yaml:18: auth.issuers[1].subjectkind: there is no such setting",
    ]);
  });

  it("names everything that is wrong at once", async () => {
    const text = COMPLETE.replace("port: 8080", "port: 80800").replace("      audience: tenantry\n", "");
    expect(await problemsOf(text)).toEqual([
      "tenantry.yaml:2: listen.port: must be a port, 0 to 65535",
      expect.stringMatching(/^tenantry\.yaml:\d+: auth\.issuers\[0\]\.audience: is missing$/) as unknown,
    ]);
  });

  it("says that an algorithm with a shared key is none of those accepted", async () => {
    expect(await problemsOf(COMPLETE.replace("EdDSA", "HS256"))).toEqual([
      expect.stringMatching(/auth\.issuers\[1\]\.algorithms\[0\]: .*RS256.*EdDSA/) as unknown,
    ]);
  });

  it("says where the YAML ends to be YAML", async () => {
    expect((await problemsOf("listen: {port: 1\nauth: ]"))[0]).toMatch(/^tenantry\.yaml:\d: is not YAML: /);
  });

  it.each(["", "null", "[]", "text"])("is refused when it holds just %j", async (text) => {
    expect((await problemsOf(text)).join()).toMatch(/tenantry\.yaml/);
  });

  it("is refused when it is absent or a directory", async () => {
    await expect(readConfiguration(file)).rejects.toThrow(`${file}: there is no such file`);
    await expect(readConfiguration(directory)).rejects.toThrow(`${directory}: is a directory`);
  });
});
