import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { JsonSchema } from "../../src/apiserver/resource-definition.js";
import { CLUSTER_CRD } from "../../src/operators/cloudnative-pg/cluster-crd.js";

/** The operator's own definition. Set CLOUDNATIVE_PG_CRDS to the directory with its manifests to compare ours with it. */
const FILE = join(process.env.CLOUDNATIVE_PG_CRDS ?? "", "postgresql.cnpg.io_clusters.yaml");

interface Definition {
  readonly spec: {
    readonly names: object;
    readonly versions: readonly {
      readonly additionalPrinterColumns: readonly { readonly name: string; readonly jsonPath: string }[];
      readonly subresources: object;
      readonly schema: { readonly openAPIV3Schema: JsonSchema };
    }[];
  };
}

describe.skipIf(!existsSync(FILE))(
  "our definition beside the operator's own (skipped without CLOUDNATIVE_PG_CRDS)",
  () => {
    const read = async () => {
      const [real] = (parse(await readFile(FILE, "utf8")) as Definition).spec.versions;
      const [ours] = (CLUSTER_CRD as unknown as Definition).spec.versions;
      if (real === undefined || ours === undefined) throw new Error("no versions");
      return { real, ours };
    };

    it("has the same columns and subresources", async () => {
      const { real, ours } = await read();
      expect(ours.additionalPrinterColumns).toEqual(real.additionalPrinterColumns);
      expect(ours.subresources).toEqual(real.subresources);
    });

    it("knows every field that it would otherwise prune, with its type, default and enum", async () => {
      const { real, ours } = await read();
      const differences: string[] = [];
      compare(
        real.schema.openAPIV3Schema.properties?.spec,
        ours.schema.openAPIV3Schema.properties?.spec,
        "spec",
        differences,
      );
      expect(differences).toEqual([]);
    });

    it("reports in the status nothing that the operator does not", async () => {
      const { real, ours } = await read();
      const extra: string[] = [];
      compare(
        ours.schema.openAPIV3Schema.properties?.status,
        real.schema.openAPIV3Schema.properties?.status,
        "status",
        extra,
      );
      expect(extra).toEqual([]);
    });
  },
);

/** What `left` has and `right` lacks or has otherwise. Below a field that keeps what it does not know, everything is there. */
function compare(
  left: JsonSchema | undefined,
  right: JsonSchema | undefined,
  path: string,
  differences: string[],
): void {
  for (const [name, wanted] of Object.entries(left?.properties ?? {})) {
    const found = right?.properties?.[name];
    const here = `${path}.${name}`;
    if (found === undefined) {
      differences.push(`${here}: missing`);
      continue;
    }
    for (const keyword of ["type", "default", "enum"] as const) {
      const [a, b] = [wanted[keyword], found[keyword]].map((value) => JSON.stringify(value));
      // Enums deep in conditions and the like are the business of Kubernetes.
      if (a !== b && !(keyword === "enum" && path !== "spec")) differences.push(`${here}.${keyword}: ${a} and ${b}`);
    }
    const opaque = [wanted, found].some((schema) => schema["x-kubernetes-preserve-unknown-fields"] === true);
    if (!opaque) compare(wanted, found, here, differences);
  }
}
