import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { pause } from "@tenantry/sdk";
import type { ControlPlaneFiles } from "./control-plane-files.js";

const WRITES = 10;

/**
 * Gives a new etcd a past. On revision 1 an API server remembers all that ever happened, and no watch can be too old.
 * Source: etcd api/v3, etcdserver/etcdserverpb/rpc.proto, the JSON gateway of KV.Put.
 */
export async function ageStore(url: string, files: ControlPlaneFiles, signal: AbortSignal): Promise<void> {
  const [ca, cert, key] = await Promise.all([
    readFile(files.authority),
    readFile(files.client.certificate),
    readFile(files.client.key),
  ]);
  const agent = new Agent({ ca, cert, key, keepAlive: true });
  const body = JSON.stringify({ key: base64("test-cluster/past"), value: base64("") });
  try {
    for (let writes = 0; writes < WRITES; ) {
      const status = await post(`${url}/v3/kv/put`, body, agent);
      if (status === 200) writes++;
      // Its gateway dials etcd itself, a moment after etcd is there.
      else if (status === 503) await pause(50, signal);
      else throw new Error(`etcd answered a write with ${status}`);
    }
  } finally {
    agent.destroy();
  }
}

async function post(to: string, body: string, agent: Agent): Promise<number | undefined> {
  const sent = request(to, { method: "POST", agent });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  return answer.statusCode;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
