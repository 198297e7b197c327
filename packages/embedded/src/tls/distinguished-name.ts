import type { Name } from "@peculiar/x509";
import { loadX509 } from "./load-x509.js";

/** A subject, outermost part first. */
export async function distinguishedName(parts: {
  readonly OU?: string | undefined;
  readonly CN: string;
}): Promise<Name> {
  const { Name } = await loadX509();
  const { OU, CN } = parts;
  // As `utf8String`, because the library reads a plain string as a name's text form, where quotes and backslashes mean something.
  return new Name([...(OU === undefined ? [] : [{ OU: [{ utf8String: OU }] }]), { CN: [{ utf8String: CN }] }]);
}
