import { mkdir, symlink, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { ClosingStack, createCertificateAuthority, issueCertificate } from "@tenantry/embedded";
import { NAMESPACES, type Transport } from "@tenantry/sdk";
import { freePort } from "../../control-plane/free-port.js";
import type { ControlPlane } from "../../control-plane/start-control-plane.js";
import { SupervisedProcess } from "../../control-plane/supervised-process.js";
import { type CustomResourceDefinition, installDefinition } from "../../manifests/install-definition.js";
import { readManifestDirectory } from "../../manifests/read-manifests.js";
import type { CloudNativePgManager } from "./build-manager.js";
import { resourceOfWebhooks, webhooksAt } from "./webhooks.js";

export interface StartManagerOptions {
  readonly manager: CloudNativePgManager;
  readonly controlPlane: ControlPlane;
  /** An administrator's. */
  readonly transport: Transport;
  readonly directory: string;
  readonly signal: AbortSignal;
}

export interface RunningManager {
  /** Throws when it is not running any more. */
  check(): void;
  close(): Promise<void>;
}

const NAMESPACE = "cnpg-system";
/** In Go's words. */
const ARCHITECTURE = arch() === "x64" ? "amd64" : arch();

/**
 * Runs CloudNativePG's manager as a plain process: its definitions and webhooks registered as its own manifests have them, but for the
 * address of the webhooks, which is this process.
 */
export async function startManager(options: StartManagerOptions): Promise<RunningManager> {
  const { manager, controlPlane, transport, directory, signal } = options;
  const closing = new ClosingStack();
  try {
    for (const definition of await readManifestDirectory<CustomResourceDefinition>(
      join(manager.sources, "config/crd/bases"),
    )) {
      await installDefinition(transport, definition, signal);
    }
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    await transport.send({ verb: "create", resource: NAMESPACES, body });

    const authority = await createCertificateAuthority({ commonName: "cnpg-webhooks", days: 1 });
    const serving = await issueCertificate(authority, {
      commonName: "cnpg-webhook-service",
      days: 1,
      usages: ["server"],
      ipAddresses: ["127.0.0.1"],
    });
    const certificates = join(directory, "webhook");
    await mkdir(certificates, { recursive: true, mode: 0o700 });
    // The names that the operator looks for where somebody else makes its certificates. Source: internal/cmd/manager/controller.
    await writeFile(join(certificates, "apiserver.crt"), serving.certificate, { mode: 0o600 });
    await writeFile(join(certificates, "apiserver.key"), serving.key, { mode: 0o600 });
    // Where its image has itself, for each architecture that instances may have: without, it writes no status ("invalid architecture").
    // Source: pkg/utils/discovery.go, DetectAvailableArchitectures.
    await mkdir(join(directory, "operator"), { recursive: true });
    await symlink(manager.program, join(directory, "operator", `manager_${ARCHITECTURE}`));
    const port = await freePort();
    const process = new SupervisedProcess({
      name: "CloudNativePG manager",
      path: manager.program,
      arguments: ["controller", `--webhook-port=${port}`, "--metrics-bind-address=0"],
      environment: {
        KUBECONFIG: controlPlane.kubeconfig,
        OPERATOR_NAMESPACE: NAMESPACE,
        OPERATOR_IMAGE_NAME: "registry.example/cloudnative-pg:1.30.0",
        WEBHOOK_CERT_DIR: certificates,
      },
      directory,
      logFile: join(directory, "manager.log"),
    });
    closing.push(() => process.stop());
    await process.announced(/"msg":"Serving webhook server"/, signal);
    await process.announced(/"msg":"Starting workers","controller":"cluster"/, signal);

    for (const configuration of await webhooksAt(`https://127.0.0.1:${port}`, authority.certificate, manager.sources)) {
      const resource = resourceOfWebhooks(configuration);
      await transport.send({ verb: "create", resource, body: configuration });
      const { name } = configuration.metadata;
      closing.push(() => transport.send({ verb: "delete", resource, name }).then(() => undefined));
    }
    return { check: () => process.check(), close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
