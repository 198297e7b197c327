import { join } from "node:path";
import { isTenantryError, type KubernetesObject, type Resource } from "@tenantry/sdk";
import { readManifestDirectory } from "../../manifests/read-manifests.js";
import type { Stage } from "./stage.js";

const GROUP = "postgresql.cnpg.io";
const PLURALS: Readonly<Record<string, string>> = {
  Cluster: "clusters",
  Backup: "backups",
  ScheduledBackup: "scheduledbackups",
  Database: "databases",
  DatabaseRole: "databaseroles",
  Pooler: "poolers",
  ImageCatalog: "imagecatalogs",
  ClusterImageCatalog: "clusterimagecatalogs",
  Publication: "publications",
  Subscription: "subscriptions",
};

/** What is wrong with samples of 1.30.0 themselves, or with this lane. The first two are dropped without a word by who asks for no strictness. */
const EXPECTED_REFUSALS: readonly RegExp[] = [
  /unknown field "spec\.backup\.volumeSnapshot\.groupSnapshot"$/,
  /unknown field "spec\.tablespaces\.another_tablespace"/, // a list of tablespaces, written as a map
  /missing VolumeSnapshot CRD/,
];

/** Every sample of the operator's own documentation is accepted through our transport, as if written. */
export async function acceptsSamples({ transport, namespace, sources, signal }: Stage): Promise<readonly string[]> {
  const samples = await readManifestDirectory(join(sources, "docs/src/samples"));
  const refused: string[] = [];
  const expected: string[] = [];
  const accepted = new Map<string, number>();
  let warnings = 0;
  for (const sample of samples) {
    const { kind, metadata } = sample;
    const resource = resourceOf(sample);
    if (resource === undefined) continue;
    const body = resource.scope === "Cluster" ? sample : { ...sample, metadata: { ...metadata, namespace } };
    const scope = resource.scope === "Cluster" ? {} : { namespace };
    try {
      const onWarning = () => {
        warnings++;
      };
      const options = { fieldValidation: "Strict", dryRun: true, signal, onWarning } as const;
      await transport.send({ verb: "create", resource, ...scope, body, ...options });
      accepted.set(kind, (accepted.get(kind) ?? 0) + 1);
    } catch (error) {
      if (!isTenantryError(error)) throw error;
      const { message } = error;
      const sentence = `${kind} ${metadata.name ?? metadata.generateName ?? ""}: ${message}`;
      (EXPECTED_REFUSALS.some((pattern) => pattern.test(message)) ? expected : refused).push(sentence);
    }
  }
  if (refused.length > 0) throw new Error(`samples were refused:\n${refused.join("\n")}`);
  const counts = [...accepted].map(([kind, count]) => `${count} ${kind}`).join(", ");
  return [
    `samples of its documentation accepted: ${counts}, with ${warnings} warnings`,
    ...expected.map((sentence) => `sample refused as expected, ${sentence}`),
  ];
}

function resourceOf({ apiVersion, kind }: KubernetesObject): Resource | undefined {
  const plural = PLURALS[kind];
  if (apiVersion !== `${GROUP}/v1` || plural === undefined) return undefined;
  return {
    group: GROUP,
    version: "v1",
    plural,
    kind,
    scope: kind === "ClusterImageCatalog" ? "Cluster" : "Namespaced",
  };
}
