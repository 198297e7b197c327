/** SHA-256 of what was asked for, the same whatever the order of its keys: tells a repeated request from another under the same key. */
export async function requestDigest(request: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(request, sortKeys));
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("base64url");
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
