import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "@tenantry/sdk";
import { parseAllDocuments } from "yaml";

/** The objects of one file of YAML, in their order. */
export async function readManifests<T extends KubernetesObject>(file: string): Promise<readonly T[]> {
  const documents = parseAllDocuments(await readFile(file, "utf8"));
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file}: ${error.message}`);
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : [value as T];
  });
}

/** The objects of all `.yaml` files of one directory, in the order of their names. */
export async function readManifestDirectory<T extends KubernetesObject>(directory: string): Promise<readonly T[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".yaml")).sort();
  return (await Promise.all(names.map((name) => readManifests<T>(join(directory, name))))).flat();
}
