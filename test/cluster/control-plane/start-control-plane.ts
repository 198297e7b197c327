import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClosingStack } from "@tenantry/embedded";
import { isTenantryError, pause, type Resource } from "@tenantry/sdk";
import { createKubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import type { Binaries } from "../binaries/find-binaries.js";
import { ageStore } from "./age-store.js";
import { type ControlPlaneFiles, writeControlPlaneFiles } from "./control-plane-files.js";
import { freePort } from "./free-port.js";
import { writeKubeconfig } from "./kubeconfig.js";
import { etcd, kubeApiserver, kubeControllerManager, type Program } from "./programs.js";
import { SupervisedProcess } from "./supervised-process.js";

/** A real Kubernetes control plane on the loopback: no nodes, no containers. */
export interface ControlPlane {
  readonly url: string;
  readonly files: ControlPlaneFiles;
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** SIGKILL to the API server alone. Resolves when it is gone. */
  killApiServer(): Promise<void>;
  /** Starts it again, on the same port. Resolves when it answers. */
  restartApiServer(signal: AbortSignal): Promise<void>;
  /** What the API server was asked so far, as its own audit log tells. */
  auditedRequests(): Promise<number>;
  /** Stops the programs in the opposite order and removes the directory. Safe to call twice. */
  close(): Promise<void>;
}

const START_MS = 180_000;
const ATTEMPTS = 3;
const SERVICE_ACCOUNTS: Resource = {
  group: "",
  version: "v1",
  plural: "serviceaccounts",
  kind: "ServiceAccount",
  scope: "Namespaced",
};

/** @param directory - made, filled and removed again by `close`. */
export async function startControlPlane(
  binaries: Binaries,
  directory: string,
  caller: AbortSignal,
): Promise<ControlPlane> {
  const closing = new ClosingStack();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  closing.push(() => rm(directory, { recursive: true, force: true }));
  // Not AbortSignal.timeout: inside AbortSignal.any, Node 20 collects it before it fires (nodejs/node#57736).
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`not ready within ${START_MS / 1000} s`)), START_MS);
  try {
    return await start(binaries, directory, closing, AbortSignal.any([caller, late.signal]));
  } catch (error) {
    await closing.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function start(
  binaries: Binaries,
  directory: string,
  closing: ClosingStack,
  signal: AbortSignal,
): Promise<ControlPlane> {
  const files = await writeControlPlaneFiles(directory);
  const run = (name: keyof Binaries, program: Program): SupervisedProcess => {
    signal.throwIfAborted();
    const logFile = join(directory, `${name}.log`);
    return new SupervisedProcess({ name, path: binaries[name], directory, logFile, arguments: program });
  };

  const store = await onFreePort(async (port) => {
    const url = `https://127.0.0.1:${port}`;
    const process = run("etcd", etcd(files, directory, url));
    closing.push(() => process.stop());
    await process.announced(/"msg":"serving client traffic securely"/, signal);
    return url;
  });
  await ageStore(store, files, signal);

  const auditLog = join(directory, "audit.log");
  const apiServer = await onFreePort(async (port) => {
    const launch = () => run("kube-apiserver", kubeApiserver(files, { directory, port, auditLog, etcd: store }));
    let server = launch();
    closing.push(() => server.stop());
    const at = `https://127.0.0.1:${port}`;
    const administrator = { url: at, certificateAuthority: files.certificateAuthority, token: files.adminToken };
    const path = await writeKubeconfig(join(directory, "kubeconfig"), administrator);
    await ready(path, server, signal);
    return {
      url: at,
      kubeconfig: path,
      kill: () => server.kill(),
      restart: async (waiting: AbortSignal) => {
        server = launch();
        await ready(path, server, waiting);
      },
    };
  });
  const { url, kubeconfig } = apiServer;

  const { certificateAuthority, controllerManagerToken } = files;
  const manager = run(
    "kube-controller-manager",
    kubeControllerManager(
      files,
      await writeKubeconfig(join(directory, "controller-manager.kubeconfig"), {
        url,
        certificateAuthority,
        token: controllerManagerToken,
      }),
    ),
  );
  closing.push(() => manager.stop());
  await serviceAccountMade(kubeconfig, manager, signal);
  return {
    url,
    files,
    kubeconfig,
    killApiServer: apiServer.kill,
    restartApiServer: apiServer.restart,
    auditedRequests: async () => (await readFile(auditLog, "utf8")).split("\n").length - 1,
    close: () => closing.close(),
  };
}

/** The port may be taken between our asking for it and the program's. */
async function onFreePort<T>(attempt: (port: number) => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await attempt(await freePort());
    } catch (error) {
      const taken = error instanceof Error && error.message.includes("address already in use");
      if (!taken || left === 1) throw error;
    }
  }
}

async function ready(kubeconfig: string, server: SupervisedProcess, signal: AbortSignal): Promise<void> {
  // Roles are made by a hook after the start; until then even `system:masters` finds no namespace.
  await poll(server, signal, kubeconfig, { verb: "list", namespace: "kube-system" });
}

/** Controllers are at work once each namespace has its service account. */
async function serviceAccountMade(kubeconfig: string, manager: SupervisedProcess, signal: AbortSignal): Promise<void> {
  await poll(manager, signal, kubeconfig, { verb: "get", namespace: "default", name: "default" });
}

interface Probe {
  readonly verb: "get" | "list";
  readonly namespace: string;
  readonly name?: string;
}

async function poll(process: SupervisedProcess, signal: AbortSignal, kubeconfig: string, probe: Probe): Promise<void> {
  const transport = await createKubeconfigTransport({ kubeconfig });
  try {
    for (;;) {
      process.check();
      try {
        await transport.send({ ...probe, resource: SERVICE_ACCOUNTS });
        return;
      } catch (error) {
        if (!isTenantryError(error)) throw error;
      }
      await pause(200, signal).catch(() => {
        throw new Error(`${process.name} is not ready in time:\n${process.tail()}`);
      });
    }
  } finally {
    transport.close();
  }
}
