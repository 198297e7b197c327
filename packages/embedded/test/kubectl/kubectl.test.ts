import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject, Transport } from "@tenantry/sdk";
import { EVENTS } from "@tenantry/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { createApiServer } from "../../src/apiserver/create-api-server.js";
import { createMemoryStore } from "../../src/store/memory.js";
import { serveForTest, TOKEN } from "../https-face/serve-for-test.js";
import { WIDGETS } from "../support/widgets.js";
import { Kubectl } from "./kubectl.js";

const isInstalled = await Kubectl.isInstalled();

const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, shortNames: [wd], categories: [all] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      additionalPrinterColumns:
        - { name: Size, type: integer, jsonPath: .spec.size }
      schema:
        openAPIV3Schema:
          type: object
          description: A widget of a certain size.
          properties:
            spec:
              type: object
              properties:
                size: { type: integer, minimum: 1, description: How big it is. }
                color: { type: string, default: blue }
            status:
              type: object
              x-kubernetes-preserve-unknown-fields: true
`;

const widget = (size: number, name = "a") => `
apiVersion: example.com/v1
kind: Widget
metadata: { name: ${name}, namespace: default }
spec: { size: ${size} }
`;

async function connect(): Promise<{ kubectl: Kubectl; transport: Transport; panics: unknown[] }> {
  const api = await createApiServer({ store: createMemoryStore() });
  const panics: unknown[] = [];
  const face = await serveForTest(api, { onPanic: (error) => panics.push(error) });
  const kubectl = await Kubectl.connect({ ...face, token: TOKEN });
  onTestFinished(async () => {
    expect(panics).toEqual([]);
    await kubectl.remove();
    await api.close();
  });
  return { kubectl, transport: api.transport, panics };
}

async function connectWithWidgets() {
  const connected = await connect();
  expect(await connected.kubectl.run(["apply", "-f", "-"], CRD)).toContain("widgets.example.com created");
  await connected.kubectl.run(["wait", "--for=condition=Established", "crd/widgets.example.com"]);
  return connected;
}

// Each command is a process of its own, and a busy machine starts processes slowly.
describe.skipIf(!isInstalled)("kubectl (skipped where it is not on PATH)", { timeout: 120_000 }, () => {
  it("lists namespaces and knows the server's version without a warning", async () => {
    const { kubectl } = await connect();
    expect(await kubectl.run(["get", "ns"])).toMatch(/^NAME +STATUS +AGE\ndefault +Active +\d+s\n/);
    expect(await kubectl.run(["version"])).toMatch(/Server Version: v1\.\d+\.\d+\+tenantry/);
  });

  it("discovers a custom resource and everything about it", async () => {
    const { kubectl } = await connectWithWidgets();
    expect(await kubectl.run(["api-resources"])).toMatch(/widgets +wd +example.com\/v1 +true +Widget/);
    expect(await kubectl.run(["api-versions"])).toContain("example.com/v1\n");
    expect(await kubectl.run(["explain", "widgets"])).toContain("A widget of a certain size.");
    expect(await kubectl.run(["explain", "wd.spec.size"])).toContain("How big it is.");
    expect(await kubectl.run(["explain", "secret.metadata.labels"])).toContain("FIELD: labels <map[string]string>");
  });

  it("creates, applies, lists and shows objects", async () => {
    const { kubectl } = await connectWithWidgets();
    expect(await kubectl.run(["create", "-f", "-"], widget(1))).toBe("widget.example.com/a created\n");
    expect(await kubectl.run(["apply", "-f", "-"], widget(2, "b"))).toBe("widget.example.com/b created\n");
    expect(await kubectl.run(["apply", "-f", "-"], widget(3, "b"))).toBe("widget.example.com/b configured\n");
    expect(await kubectl.run(["apply", "-f", "-"], widget(3, "b"))).toBe("widget.example.com/b unchanged\n");
    expect(await kubectl.run(["get", "widgets.example.com", "-A"])).toMatch(
      /^NAMESPACE +NAME +SIZE\ndefault +a +1\ndefault +b +3\n$/,
    );
    expect(await kubectl.run(["get", "all"])).toContain("widget.example.com/a");
    expect(await kubectl.run(["get", "widgets.v1.example.com", "a", "-o", "yaml"])).toMatch(
      /spec:\n {2}color: blue\n {2}size: 1\n/,
    );
    expect(await kubectl.run(["get", "wd", "--chunk-size=1", "-o", "name"])).toBe(
      "widget.example.com/a\nwidget.example.com/b\n",
    );
    expect(await kubectl.run(["get", "wd", "--field-selector", "metadata.name=b", "-o", "name"])).toBe(
      "widget.example.com/b\n",
    );
  });

  it("applies built-in kinds again without a warning", async () => {
    const { kubectl } = await connect();
    const metadata = (name: string) => ({ name, namespace: "default" });
    const configMap = (value: string) =>
      JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: metadata("c"), data: { a: value } });
    expect(await kubectl.run(["apply", "-f", "-"], configMap("1"))).toBe("configmap/c created\n");
    expect(await kubectl.run(["apply", "-f", "-"], configMap("2"))).toBe("configmap/c configured\n");
    expect(await kubectl.run(["get", "cm", "c", "-o", "jsonpath={.data.a}"])).toBe("2");
    const service = (port: number) => {
      const ports = [
        { name: "a", port },
        { name: "b", port: 5 },
      ];
      return JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: metadata("s"), spec: { ports } });
    };
    await kubectl.run(["apply", "-f", "-"], service(1));
    expect(await kubectl.run(["apply", "-f", "-"], service(2))).toBe("service/s configured\n");
    expect(await kubectl.run(["get", "svc", "s", "-o", "jsonpath={.spec.ports[*].port}"])).toBe("2 5");
  });

  it("creates built-in kinds by typed commands, which it sends in protobuf", async () => {
    const { kubectl } = await connect();
    expect(await kubectl.run(["create", "namespace", "team-a"])).toBe("namespace/team-a created\n");
    await kubectl.run([
      "create",
      "secret",
      "generic",
      "s",
      "-n",
      "team-a",
      "--from-literal=p=hunter2",
      "--from-literal=e=",
    ]);
    await kubectl.run(["create", "configmap", "c", "-n", "team-a", "--from-literal=k=v"]);
    await kubectl.run(["create", "service", "clusterip", "web", "-n", "team-a", "--tcp=80:8080"]);
    const secret = await kubectl.run(["get", "secret", "s", "-n", "team-a", "-o", "yaml"]);
    expect(secret).toContain('data:\n  e: ""\n  p: aHVudGVyMg==\nkind: Secret\n');
    expect(secret).toContain("type: Opaque\n");
    expect(await kubectl.run(["get", "cm", "c", "-n", "team-a", "-o", "jsonpath={.data}"])).toBe('{"k":"v"}');
    const ports = await kubectl.run(["get", "svc", "web", "-n", "team-a", "-o", "jsonpath={.spec.ports}"]);
    expect(JSON.parse(ports)).toEqual([{ name: "80-8080", port: 80, protocol: "TCP", targetPort: 8080 }]);
    const again = await kubectl.try(["create", "namespace", "team-a"]);
    expect([again.code, again.stderr]).toEqual([
      1,
      'Error from server (AlreadyExists): namespaces "team-a" already exists\n',
    ]);
  });

  it("describes an object with its events", async () => {
    const { kubectl, transport } = await connectWithWidgets();
    await kubectl.run(["apply", "-f", "-"], widget(1));
    const { metadata } = await transport.send<KubernetesObject>({
      verb: "get",
      resource: WIDGETS,
      namespace: "default",
      name: "a",
    });
    const now = new Date().toISOString().replace(/\.\d+Z/, "Z");
    await transport.send({
      verb: "create",
      resource: EVENTS,
      namespace: "default",
      body: {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "a.1", namespace: "default" },
        involvedObject: {
          kind: "Widget",
          apiVersion: "example.com/v1",
          name: "a",
          namespace: "default",
          uid: metadata.uid,
        },
        type: "Normal",
        reason: "Polished",
        message: "shines now",
        source: { component: "polisher" },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      },
    });
    const described = await kubectl.run(["describe", "widget", "a"]);
    expect(described).toMatch(/Spec:\n {2}Color: +blue\n {2}Size: +1\n/);
    expect(described).toMatch(/Normal +Polished +\S+ +polisher +shines now/);
    expect(await kubectl.run(["get", "events"])).toMatch(/Polished +widget\/a +shines now/);
  });

  it("changes objects by label, annotation and patches", async () => {
    const { kubectl } = await connectWithWidgets();
    await kubectl.run(["apply", "-f", "-"], widget(1));
    const field = (path: string) => kubectl.run(["get", "wd", "a", "-o", `jsonpath={${path}}`]);
    expect(await kubectl.run(["label", "wd", "a", "tier=gold"])).toBe("widget.example.com/a labeled\n");
    await kubectl.run(["annotate", "wd", "a", "note=x"]);
    expect(await kubectl.run(["get", "wd", "-l", "tier in (gold,silver)", "-o", "name"])).toBe(
      "widget.example.com/a\n",
    );
    await kubectl.run(["patch", "wd", "a", "--type=merge", "-p", '{"spec":{"size":4}}']);
    expect(await field(".spec.size")).toBe("4");
    await kubectl.run(["patch", "wd", "a", "--type=json", "-p", '[{"op":"replace","path":"/spec/size","value":5}]']);
    expect(await field(".spec.size")).toBe("5");
    await kubectl.run(["patch", "ns", "default", "-p", '{"metadata":{"labels":{"a":"b"}}}']); // strategic
    expect(await kubectl.run(["get", "ns", "-l", "a=b", "-o", "name"])).toBe("namespace/default\n");
    const refused = await kubectl.try(["patch", "wd", "a", "--type=merge", "-p", '{"spec":{"size":0}}']);
    expect(refused.stderr).toBe(
      'The Widget "a" is invalid: spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1\n',
    );
  });

  it("applies on the server's side and tells of a conflict", async () => {
    const { kubectl } = await connectWithWidgets();
    const apply = ["apply", "--server-side", "-f", "-"];
    expect(await kubectl.run(apply, widget(1))).toBe("widget.example.com/a serverside-applied\n");
    const other = await kubectl.try([...apply, "--field-manager=other"], widget(2));
    expect(other.stderr).toContain('conflict with "kubectl"');
    expect(other.stderr).toContain(".spec.size");
    await kubectl.run([...apply, "--field-manager=other", "--force-conflicts"], widget(2));
    expect(await kubectl.run(["get", "wd", "a", "-o", "jsonpath={.spec.size}"])).toBe("2");
  });

  it("shows a difference and a dry run, and writes neither", async () => {
    const { kubectl } = await connectWithWidgets();
    await kubectl.run(["apply", "-f", "-"], widget(1));
    const diff = await kubectl.try(["diff", "-f", "-"], widget(9));
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/- {2}size: 1\n\+ {2}size: 9\n/);
    expect((await kubectl.try(["diff", "-f", "-"], widget(1))).code).toBe(0);
    expect(await kubectl.run(["apply", "--dry-run=server", "-f", "-"], widget(9))).toBe(
      "widget.example.com/a configured (server dry run)\n",
    );
    expect(await kubectl.run(["get", "wd", "a", "-o", "jsonpath={.spec.size}"])).toBe("1");
  });

  it("is told of unknown and repeated fields", async () => {
    const { kubectl } = await connectWithWidgets();
    const unknown = `${widget(1).replace("size: 1", "size: 1, sise: 2")}`;
    expect((await kubectl.try(["create", "-f", "-"], unknown)).stderr).toContain(
      'strict decoding error: unknown field "spec.sise"',
    );
    const warned = await kubectl.try(["create", "--validate=warn", "-f", "-"], unknown);
    expect([warned.code, warned.stderr]).toEqual([0, 'Warning: unknown field "spec.sise"\n']);
  });

  it("waits for a condition and for a deletion", async () => {
    const { kubectl, transport } = await connectWithWidgets();
    await kubectl.run(["apply", "-f", "-"], widget(1));
    const waiting = kubectl.run(["wait", "--for=condition=Ready", "wd/a", "--timeout=20s"]);
    const status = { conditions: [{ type: "Ready", status: "True" }] };
    const object = { resource: WIDGETS, namespace: "default", name: "a" };
    await transport.send({ verb: "patch", ...object, subresource: "status", body: { status } });
    expect(await waiting).toBe("widget.example.com/a condition met\n");

    await transport.send({ verb: "patch", ...object, body: { metadata: { finalizers: ["example.com/hold"] } } });
    const deleting = kubectl.run(["delete", "wd", "a", "--timeout=20s"]);
    for await (const { object: seen } of transport.watch({ resource: WIDGETS, namespace: "default" })) {
      if (seen.metadata.deletionTimestamp !== undefined) break;
    }
    await transport.send({ verb: "patch", ...object, body: { metadata: { finalizers: null } } });
    expect(await deleting).toMatch(/^widget.example.com "a" deleted/);
  });

  it("watches in rows", async () => {
    const { kubectl, transport } = await connectWithWidgets();
    await kubectl.run(["apply", "-f", "-"], widget(1));
    const { lines, stop } = kubectl.start(["get", "wd", "-w", "--output-watch-events"]);
    const nextLine = async () => (await lines.next()).value as string;
    expect(await nextLine()).toMatch(/^EVENT +NAME +SIZE$/);
    expect(await nextLine()).toMatch(/^ADDED +a +1$/);
    const object = { resource: WIDGETS, namespace: "default", name: "a" };
    await transport.send({ verb: "patch", ...object, body: { spec: { size: 2 } } });
    expect(await nextLine()).toMatch(/^MODIFIED +a +2$/);
    await transport.send({ verb: "delete", ...object });
    expect(await nextLine()).toMatch(/^DELETED +a +2$/);
    await stop();
  });

  it("replaces and deletes, one and many", async () => {
    const { kubectl } = await connectWithWidgets();
    await kubectl.run(["create", "-f", "-"], widget(1));
    expect(await kubectl.run(["replace", "-f", "-"], widget(2))).toBe("widget.example.com/a replaced\n");
    const file = join(kubectl.home, "widget.yaml");
    await writeFile(file, widget(3));
    expect(await kubectl.run(["replace", "--force", "-f", file])).toContain("widget.example.com/a replaced\n");
    await kubectl.run(["create", "-f", "-"], widget(1, "b"));
    expect((await kubectl.run(["delete", "wd", "--all"])).split("\n")).toHaveLength(3);
    expect((await kubectl.try(["get", "wd", "a"])).stderr).toBe(
      'Error from server (NotFound): widgets.example.com "a" not found\n',
    );
  });

  it("meets no error and no throttling on the way", async () => {
    const { kubectl } = await connectWithWidgets();
    for (const args of [
      ["get", "wd", "-A"],
      ["apply", "-f", "-"],
      ["apply", "--server-side", "--force-conflicts", "-f", "-"],
      ["delete", "-f", "-"],
    ]) {
      const { code, stderr } = await kubectl.try([...args, "-v=8"], widget(1));
      expect(code).toBe(0);
      expect(stderr).not.toMatch(/throttl|Too Many|response.*(status="?|Status: )(5\d\d|400|401|403|406|415|429)/i);
    }
  });

  it("is refused with a wrong token", async () => {
    const { kubectl } = await connect();
    const { code, stderr } = await kubectl.try(["get", "ns", "--token=wrong"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/You must be logged in to the server/);
  });
});
