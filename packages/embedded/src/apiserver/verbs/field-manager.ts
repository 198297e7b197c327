import type { ApiCall } from "../api-server.js";
import { invalidOptions } from "../object/failures.js";
import { invalid, tooLong } from "../object/field-error.js";

const MAX_BYTES = 128;
const OPTIONS: Partial<Record<ApiCall["verb"], string>> = {
  create: "CreateOptions",
  update: "UpdateOptions",
  patch: "PatchOptions",
  apply: "PatchOptions",
};

/** Source: apimachinery/pkg/apis/meta/v1/validation ValidateFieldManager. */
export function checkFieldManager({ verb, fieldManager = "" }: ApiCall): void {
  const kind = OPTIONS[verb];
  if (kind === undefined) return;
  if (Buffer.byteLength(fieldManager) > MAX_BYTES) throw invalidOptions(kind, [tooLong("fieldManager", MAX_BYTES)]);
  const wrong = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(fieldManager);
  if (wrong === null) return;
  const code = (wrong[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const position = Buffer.byteLength(fieldManager.slice(0, wrong.index));
  throw invalidOptions(kind, [
    invalid("fieldManager", fieldManager, `invalid character U+${code} (at position ${position})`),
  ]);
}
