import { join } from "node:path";
import type { KubernetesObject, Resource } from "@tenantry/sdk";
import { readManifests } from "../../manifests/read-manifests.js";

export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks: readonly Webhook[];
}

interface Webhook {
  readonly name: string;
  readonly clientConfig: {
    readonly service?: { readonly path: string };
    readonly url?: string;
    readonly caBundle?: string;
  };
}

/**
 * The operator's own webhook configurations, which name a Service, turned to a manager that runs as a plain process.
 * @param certificateAuthority - PEM.
 */
export async function webhooksAt(
  url: string,
  certificateAuthority: string,
  sources: string,
): Promise<readonly WebhookConfiguration[]> {
  const configurations = await readManifests<WebhookConfiguration>(join(sources, "config/webhook/manifests.yaml"));
  const caBundle = Buffer.from(certificateAuthority).toString("base64");
  return configurations.map((configuration) => ({
    ...configuration,
    metadata: { name: `cnpg-${configuration.metadata.name ?? ""}` },
    webhooks: configuration.webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { url: `${url}${webhook.clientConfig.service?.path ?? ""}`, caBundle },
    })),
  }));
}

/** The kind of one configuration: there are a mutating and a validating one. */
export function resourceOfWebhooks({ kind }: WebhookConfiguration): Resource {
  return {
    group: "admissionregistration.k8s.io",
    version: "v1",
    plural: `${kind.toLowerCase()}s`,
    kind,
    scope: "Cluster",
  };
}
