/** What the plane's binaries are, and what `spec.imageName` becomes when absent. */
export const POSTGRES_MAJOR = 18;
export const DEFAULT_IMAGE = "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie";

/** What is wrong with an image name, or undefined. Source: cloudnative-pg v1.30.0 internal/webhook/v1/cluster_webhook.go, validateImageName. */
export function imageProblem(image: string): string | undefined {
  const [reference = "", digest] = image.split("@");
  const tag = /:([^/:]+)$/.exec(reference)?.[1];
  if (tag === undefined) {
    const missing = digest === undefined ? "an image without a tag" : "just the image sha";
    return `Can't use ${missing} as we can't detect upgrades; name a tag such as 18.4`;
  }
  if (tag === "latest") return "Can't use 'latest' as image tag as we can't detect upgrades; name a tag such as 18.4";
  const major = Number(/^(\d+)(?:[.-]|$)/.exec(tag)?.[1]);
  if (!Number.isInteger(major))
    return `invalid version tag ${JSON.stringify(tag)}; it must start with PostgreSQL's version`;
  if (major !== POSTGRES_MAJOR) return `the embedded plane runs PostgreSQL ${POSTGRES_MAJOR} only, not ${major}`;
  return undefined;
}
