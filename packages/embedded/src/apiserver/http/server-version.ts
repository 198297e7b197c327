/**
 * The Kubernetes minor version whose API we follow. kubectl warns when it is more than one minor away from its own, so this one suits
 * kubectl 1.32 to 1.34. The suffix is semver build metadata, as k3s writes it.
 * Source: apimachinery pkg/version/types.go Info.
 */
export const SERVER_VERSION = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0+tenantry",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
} as const;
