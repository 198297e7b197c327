import { randomBytes } from "node:crypto";
import { EVENTS, type KubernetesObject, type Transport } from "@tenantry/sdk";

export interface EventRecorder {
  /** Tells of something that happened to `about`. Never waits and never fails: Events are for people, and a lost one costs nothing else. */
  record(about: KubernetesObject, type: "Normal" | "Warning", reason: string, message: string): void;
  close(): Promise<void>;
}

/** Source: Kubernetes API conventions: an Event's message is at most 1 kB. */
const MAX_MESSAGE_LENGTH = 1024;
/** Objects of which the last Event is remembered. */
const MAX_REMEMBERED = 1000;
const COMPONENT = "cloudnative-pg";

export function createEventRecorder(transport: Transport, now: () => Date): EventRecorder {
  const sending = new Set<Promise<unknown>>();
  /** What was told of an object last, so that each repetition of a failed attempt is not an Event of its own. */
  const last = new Map<string, string>();

  return {
    record(about, type, reason, message) {
      const { name = "", namespace = "default", uid = "", resourceVersion } = about.metadata;
      const text = message.slice(0, MAX_MESSAGE_LENGTH);
      if (last.get(uid) === `${reason} ${text}`) return;
      last.delete(uid);
      last.set(uid, `${reason} ${text}`);
      const [oldest] = last.keys();
      if (last.size > MAX_REMEMBERED && oldest !== undefined) last.delete(oldest);
      const at = now()
        .toISOString()
        .replace(/\.\d+Z$/, "Z");
      const body = {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: `${name}.${randomBytes(8).toString("hex")}`, namespace },
        involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
        type,
        reason,
        message: text,
        count: 1,
        firstTimestamp: at,
        lastTimestamp: at,
        source: { component: COMPONENT },
        reportingComponent: COMPONENT,
      };
      const request = transport.send({ verb: "create", resource: EVENTS, namespace, body }).catch(() => undefined);
      sending.add(request);
      void request.finally(() => sending.delete(request));
    },
    async close() {
      await Promise.all(sending);
    },
  };
}
