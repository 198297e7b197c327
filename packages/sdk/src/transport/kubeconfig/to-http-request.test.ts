import { describe, expect, it } from "vitest";
import { collect, failure, READ, useKubeconfigTransport, WATCH } from "../../../test/use-kubeconfig-transport.js";
import { type Resource, SECRETS } from "../../kubernetes/object.js";
import type { TransportRequest } from "../transport.js";

const CLUSTERS: Resource = {
  group: "postgresql.cnpg.io",
  version: "v1",
  plural: "clusters",
  kind: "Cluster",
  scope: "Namespaced",
};

const fixture = useKubeconfigTransport();

describe("a request", () => {
  it.each<[string, TransportRequest, string, string?, string?]>([
    ["get", READ, "GET /api/v1/namespaces/team-a/secrets/a"],
    [
      "list",
      {
        verb: "list",
        resource: CLUSTERS,
        labelSelector: "a in (b,c),!d",
        fieldSelector: "metadata.name=x",
        limit: 500,
        continue: "a+/=",
      },
      "GET /apis/postgresql.cnpg.io/v1/clusters?labelSelector=a+in+%28b%2Cc%29%2C%21d&fieldSelector=metadata.name%3Dx&limit=500&continue=a%2B%2F%3D",
    ],
    [
      "list at a version",
      { verb: "list", resource: SECRETS, namespace: "a", resourceVersion: "5", resourceVersionMatch: "Exact" },
      "GET /api/v1/namespaces/a/secrets?resourceVersion=5&resourceVersionMatch=Exact",
    ],
    [
      "create",
      { ...READ, verb: "create", body: { x: 1 }, fieldManager: "m", dryRun: true, fieldValidation: "Strict" },
      "POST /api/v1/namespaces/team-a/secrets?fieldManager=m&fieldValidation=Strict&dryRun=All",
      "application/json",
      '{"x":1}',
    ],
    [
      "update of a status",
      { ...READ, verb: "update", subresource: "status", body: {} },
      "PUT /api/v1/namespaces/team-a/secrets/a/status",
      "application/json",
      "{}",
    ],
    [
      "merge patch",
      { ...READ, verb: "patch", body: {} },
      "PATCH /api/v1/namespaces/team-a/secrets/a",
      "application/merge-patch+json",
      "{}",
    ],
    [
      "JSON patch",
      { ...READ, verb: "patch", patchType: "json", body: [] },
      "PATCH /api/v1/namespaces/team-a/secrets/a",
      "application/json-patch+json",
      "[]",
    ],
    [
      "strategic patch",
      { ...READ, verb: "patch", patchType: "strategic", body: {} },
      "PATCH /api/v1/namespaces/team-a/secrets/a",
      "application/strategic-merge-patch+json",
      "{}",
    ],
    [
      "apply",
      { ...READ, verb: "apply", fieldManager: "tenantry", force: true, body: {} },
      "PATCH /api/v1/namespaces/team-a/secrets/a?fieldManager=tenantry&force=true",
      "application/apply-patch+yaml",
      "{}",
    ],
    ["delete", { ...READ, verb: "delete", dryRun: true }, "DELETE /api/v1/namespaces/team-a/secrets/a?dryRun=All"],
    [
      "delete with options, which is where the server then looks for dryRun",
      { ...READ, verb: "delete", body: { preconditions: { uid: "u" } }, dryRun: true },
      "DELETE /api/v1/namespaces/team-a/secrets/a?dryRun=All",
      "application/json",
      '{"preconditions":{"uid":"u"},"dryRun":["All"]}',
    ],
    [
      "deletecollection",
      { verb: "deletecollection", resource: SECRETS, namespace: "a", labelSelector: "x" },
      "DELETE /api/v1/namespaces/a/secrets?labelSelector=x",
    ],
    [
      "name with odd characters",
      { ...READ, name: "système:a?b#c" },
      "GET /api/v1/namespaces/team-a/secrets/syst%C3%A8me%3Aa%3Fb%23c",
    ],
  ])("is sent as Kubernetes wants it: %s", async (_, request, line, contentType, body = "") => {
    await fixture.transport.send(request);
    const [received] = fixture.server.requests;
    expect(`${received?.method} ${received?.url}`).toBe(line);
    expect(received?.headers["content-type"]).toBe(contentType);
    expect(received?.body).toBe(body);
    expect(received?.headers).toMatchObject({
      accept: "application/json",
      "user-agent": "tenantry",
      authorization: "Bearer t0ken",
    });
  });

  it.each(["../../team-b/secrets/b", "..", ".", "", "a/b", "%2e%2e"])(
    "cannot leave its path by the name %j",
    async (name) => {
      expect(await failure(fixture.transport.send({ ...READ, name }))).toMatchObject({ code: "invalid_argument" });
      expect(await failure(fixture.transport.send({ ...READ, namespace: name }))).toMatchObject({
        code: "invalid_argument",
      });
      expect(await failure(collect(fixture.transport.watch({ ...WATCH, namespace: name })))).toMatchObject({
        code: "invalid_argument",
      });
      expect(fixture.server.requests).toHaveLength(0);
    },
  );

  it("that lacks a name, a namespace or a field manager is refused before it is sent", async () => {
    expect(await failure(fixture.transport.send({ ...READ, name: undefined }))).toMatchObject({
      violations: [{ field: "name" }],
    });
    expect(await failure(fixture.transport.send({ ...READ, namespace: undefined }))).toMatchObject({
      violations: [{ field: "namespace" }],
    });
    expect(await failure(fixture.transport.send({ ...READ, verb: "apply", body: {} }))).toMatchObject({
      violations: [{ field: "fieldManager" }],
    });
    expect(fixture.server.requests).toHaveLength(0);
  });

  it("goes below the path of the server's address", async () => {
    const behind = await fixture.open({
      kubeconfig: await fixture.server.kubeconfig({}, { server: `https://${fixture.server.host}/k8s/clusters/c-1/` }),
    });
    await behind.send(READ);
    expect(fixture.server.requests[0]?.url).toBe("/k8s/clusters/c-1/api/v1/namespaces/team-a/secrets/a");
  });

  it("takes a connection from the pool: 20 calls one after the other are one TLS connection", async () => {
    const before = fixture.server.connections().accepted;
    for (let call = 0; call < 20; call++) await fixture.transport.send(READ);
    expect(fixture.server.connections().accepted - before).toBe(1);
  });
});
