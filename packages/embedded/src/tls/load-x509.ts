type X509 = typeof import("@peculiar/x509");

let loaded: Promise<X509> | undefined;

/**
 * Loads the X.509 library at the first use: it costs 140 ms, which a plane that issues nothing should not pay. Its dependency
 * tsyringe refuses to load before reflect-metadata.
 */
export function loadX509(): Promise<X509> {
  loaded ??= import("reflect-metadata").then(() => import("@peculiar/x509"));
  return loaded;
}
