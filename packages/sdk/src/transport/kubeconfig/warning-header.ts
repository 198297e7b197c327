/** warn-code SP warn-agent SP quoted-text, and perhaps a quoted date. Source: RFC 7234 section 5.5. */
const WARNING = /(\d{3}) \S+ "((?:[^"\\]|\\.)*)"(?: "[^"]*")?/g;

/** The texts of `Warning` headers. Kubernetes sends 299 alone; other codes are caches' own. */
export function readWarnings(headers: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const header of headers) {
    // Node hands header bytes over as Latin-1; the API server wrote UTF-8.
    for (const [, code, text = ""] of Buffer.from(header, "latin1").toString("utf8").matchAll(WARNING)) {
      if (code === "299") texts.push(text.replace(/\\(.)/g, "$1"));
    }
  }
  return texts;
}
