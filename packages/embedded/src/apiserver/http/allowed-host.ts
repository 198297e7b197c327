const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Decides by the `Host` header. A page in a browser can make a name of its own resolve to this machine (DNS rebinding); the
 * header still says that name.
 * @param names - host names and addresses beyond loopback that clients may use, an IPv6 address in brackets or without.
 */
export function createHostCheck(names: readonly string[]): (host: string | undefined) => boolean {
  const allowed = new Set([...LOOPBACK, ...names.map(toHostname)]);
  return (host) => host !== undefined && allowed.has(host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, ""));
}

function toHostname(name: string): string {
  return name.includes(":") && !name.startsWith("[") ? `[${name.toLowerCase()}]` : name.toLowerCase();
}
