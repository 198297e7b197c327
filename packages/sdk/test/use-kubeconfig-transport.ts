import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { SECRETS } from "../src/kubernetes/object.js";
import {
  createKubeconfigTransport,
  type KubeconfigTransport,
  type KubeconfigTransportOptions,
} from "../src/transport/kubeconfig/index.js";
import { type AnsweringServer, startAnsweringServer } from "./answering-server.js";

export const READ = { verb: "get", resource: SECRETS, namespace: "team-a", name: "a" } as const;
export const WATCH = { resource: SECRETS, namespace: "team-a", resourceVersion: "7" } as const;

interface Fixture {
  server: AnsweringServer;
  /** To the server, with a token. A new one for each test. */
  transport: KubeconfigTransport;
  /** Another one, closed after the test. */
  open(options: KubeconfigTransportOptions): Promise<KubeconfigTransport>;
}

/** An answering server for the file's tests, and a transport to it for each. */
export function useKubeconfigTransport(): Fixture {
  const opened: KubeconfigTransport[] = [];
  const fixture = {
    async open(options: KubeconfigTransportOptions) {
      const transport = await createKubeconfigTransport(options);
      opened.push(transport);
      return transport;
    },
  } as Fixture;
  beforeAll(async () => {
    fixture.server = await startAnsweringServer();
  });
  afterAll(() => fixture.server.close());
  beforeEach(async () => {
    fixture.server.requests.length = 0;
    fixture.transport = await fixture.open({ kubeconfig: await fixture.server.kubeconfig() });
  });
  afterEach(() => {
    for (const transport of opened.splice(0)) transport.close();
  });
  return fixture;
}

/** The body of a failed call. */
export function status(code: number, reason: string, details = {}): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message: "no", reason, code, details };
}

/** What the work fails with. */
export async function failure(work: Promise<unknown>): Promise<Error & { code?: string; reason?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

export async function collect(
  events: AsyncIterable<{
    readonly type: string;
    readonly object: { readonly metadata: { readonly name?: string | undefined } };
  }>,
): Promise<string[]> {
  const seen: string[] = [];
  for await (const { type, object } of events) seen.push(`${type} ${object.metadata.name}`);
  return seen;
}
