import type { ResourceDefinition } from "../../resource-definition.js";

/** One API group with what it serves, the preferred version first. */
export interface ServedGroup {
  readonly name: string;
  readonly versions: readonly ServedVersion[];
}

export interface ServedVersion {
  readonly version: string;
  readonly definitions: readonly ResourceDefinition[];
}

/** The served groups in the order in which `definitions` first names them. The core group is `""`. */
export function servedGroups(definitions: readonly ResourceDefinition[]): readonly ServedGroup[] {
  const groups = new Map<string, Map<string, ResourceDefinition[]>>();
  for (const definition of definitions) {
    const { group, version } = definition.resource;
    const versions = groups.get(group) ?? new Map<string, ResourceDefinition[]>();
    groups.set(group, versions);
    versions.set(version, [...(versions.get(version) ?? []), definition]);
  }
  return [...groups].map(([name, versions]) => ({
    name,
    versions: [...versions]
      .map(([version, served]) => ({ version, definitions: served }))
      .sort((a, b) => compareVersions(a.version, b.version)),
  }));
}

/**
 * Higher priority first: v2, v1, v1beta2, v1beta1, v1alpha1, then anything else by name.
 * Source: apimachinery pkg/version/helpers.go, CompareKubeAwareVersionStrings.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : Number(a > b);
  }
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor;
}

const STABILITY = ["alpha", "beta", ""];

function parseVersion(version: string): { major: number; stability: number; minor: number } | undefined {
  const [, major, stability = "", minor = "0"] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? [];
  if (major === undefined) return undefined;
  return { major: Number(major), stability: STABILITY.indexOf(stability), minor: Number(minor) };
}
