/** Source: apiserver endpoints/filters/warning.go, truncateAtTotalRunes and truncateItemRunes. */
const MAX_TOTAL_RUNES = 4096;
const MAX_ITEM_RUNES = 256;

/** One `Warning` header a text, without repetitions, of bounded length. Ready for `setHeader`, which takes one byte a character. */
export function toWarningHeaders(warnings: readonly string[]): readonly string[] {
  const unique = [...new Set(warnings.map(printable))];
  const tooLong = unique.reduce((sum, text) => sum + [...text].length, 0) > MAX_TOTAL_RUNES;
  const headers: string[] = [];
  let total = 0;
  for (const text of unique) {
    const shown = tooLong ? [...text].slice(0, MAX_ITEM_RUNES).join("") : text;
    total += [...shown].length;
    if (total > MAX_TOTAL_RUNES) break;
    const quoted = `299 - "${shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
    headers.push(Buffer.from(quoted, "utf8").toString("latin1"));
  }
  return headers;
}

/** A line break in a header would begin another header. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}
