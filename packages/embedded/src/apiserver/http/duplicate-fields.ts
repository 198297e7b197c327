import { visit } from "jsonc-parser";

/**
 * `duplicate field "spec.a"` for each key that a JSON text gives twice in one object, as Kubernetes' strict decoder words it
 * (sigs.k8s.io/json). `JSON.parse` silently takes the last.
 */
export function duplicateFields(text: string): readonly string[] {
  const found = new Set<string>();
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name, _offset, _length, _line, _column, path) => {
      const keys = open.at(-1);
      if (keys?.has(name) === true) found.add(`duplicate field "${toFieldPath([...path(), name])}"`);
      keys?.add(name);
    },
  });
  return [...found];
}

function toFieldPath(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}
