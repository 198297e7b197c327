import { createCertificateAuthority } from "./certificate-authority.js";
import { issueCertificate } from "./issue-certificate.js";

/**
 * Issues one certificate for nobody. The first takes about 200 ms of processor time, for loading and compiling, and each later one 20, so who
 * will need one soon does well to call this before. Never rejects: the real call will tell what is wrong.
 */
export async function warmUpCertificates(): Promise<void> {
  try {
    const authority = await createCertificateAuthority({ commonName: "warm-up", days: 1 });
    await issueCertificate(authority, { commonName: "warm-up", dnsNames: ["localhost"], days: 1, usages: ["server"] });
  } catch {
    // See above.
  }
}
