import fc from "fast-check";
import protobuf from "protobufjs/light.js";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../api-server.js";
import { decodeProtobuf } from "./decode-protobuf.js";
import { messageOf, UNKNOWN } from "./messages.js";

function encode(kind: string, object: Record<string, unknown>, envelope: Record<string, unknown> = {}): Buffer {
  const type = messageOf("v1", kind);
  if (type === undefined) throw new Error(kind);
  const raw = type.encode(type.fromObject(object)).finish();
  const unknown = UNKNOWN.encode(
    UNKNOWN.fromObject({ typeMeta: { apiVersion: "v1", kind }, raw, ...envelope }),
  ).finish();
  return Buffer.concat([Buffer.from("k8s\0"), unknown]);
}

function failureOf(body: Buffer): ApiError {
  try {
    decodeProtobuf(body, "Secret");
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("was taken");
}

describe("protobuf bodies", () => {
  it("read as the JSON of the same object, without what Go writes for nothing", () => {
    const metadata = {
      name: "a",
      generateName: "",
      namespace: "x",
      uid: "",
      generation: 0,
      creationTimestamp: {},
      labels: { l: "" },
    };
    expect(
      decodeProtobuf(
        encode("Secret", { metadata, data: { p: Buffer.from("hunter2") }, type: "Opaque", immutable: false }),
        "Secret",
      ),
    ).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a", namespace: "x", labels: { l: "" } },
      data: { p: "aHVudGVyMg==" },
      type: "Opaque",
      immutable: false,
    });
    const ports = [
      { port: 80, targetPort: { type: 0, intVal: 8080, strVal: "" }, nodePort: 0 },
      { port: 81, targetPort: { type: 1, intVal: 0, strVal: "web" } },
      { port: 82, targetPort: { type: 0, intVal: 0, strVal: "" } },
    ];
    expect(
      decodeProtobuf(
        encode("Service", { metadata: { deletionTimestamp: { seconds: 1 } }, spec: { ports } }),
        "Service",
      ),
    ).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { deletionTimestamp: "1970-01-01T00:00:01Z" },
      spec: { ports: [{ port: 80, targetPort: 8080 }, { port: 81, targetPort: "web" }, { port: 82 }] },
    });
  });

  it("skip fields that are not known", () => {
    const body = encode("Namespace", { metadata: { name: "a" } });
    const more = protobuf.Writer.create()
      .uint32((99 << 3) | 2)
      .string("new in some later version")
      .finish();
    expect(decodeProtobuf(Buffer.concat([body, more]), "Namespace")).toMatchObject({ metadata: { name: "a" } });
  });

  it("are refused when they are anything else", () => {
    const secret = encode("Secret", { metadata: { name: "a" }, data: { p: Buffer.from("hunter2") } });
    const bodies = [
      Buffer.alloc(0),
      Buffer.from("k8s\0"),
      Buffer.from('{"kind":"Secret"}'),
      secret.subarray(0, secret.length - 3),
      encode("Secret", {}, { typeMeta: { apiVersion: "v1", kind: "Pod" } }),
      encode("Secret", {}, { contentEncoding: "gzip" }),
      encode("Secret", { data: JSON.parse('{"__proto__":"aHVudGVyMg=="}') as object }),
      Buffer.concat([Buffer.from("k8s\0"), Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f])]), // 4 GiB announced, none sent
      Buffer.concat([Buffer.from("k8s\0"), Buffer.alloc(1_000_000, 0x0b)]), // groups in groups
      encode("Secret", { metadata: { managedFields: [{ fieldsV1: { Raw: Buffer.from("{hunter2") } }] } }),
    ];
    for (const body of bodies) {
      expect(failureOf(body)).toMatchObject({ code: 400, reason: "BadRequest" });
      expect(failureOf(body).message).not.toContain("hunter2");
    }
  });

  it("never make the server fail, whatever the bytes", () => {
    const secret = encode("Secret", { metadata: { name: "a", labels: { a: "b" } }, data: { p: Buffer.from("x") } });
    const tryDecode = (body: Buffer) => {
      try {
        decodeProtobuf(body, "Secret");
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        tryDecode(Buffer.concat([Buffer.from("k8s\0"), bytes])),
      ),
    );
    fc.assert(
      fc.property(fc.nat(secret.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(secret);
        changed[at] = byte;
        tryDecode(changed);
      }),
    );
  });
});
