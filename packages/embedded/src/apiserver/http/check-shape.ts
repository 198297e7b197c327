import { UnreadableBody } from "./unreadable-body.js";

/** Far beyond any real manifest, far below what recursion over the object can take. */
const MAX_DEPTH = 500;

/**
 * Passes through what came out of a parser, if the code behind can work on it: not too deep for recursion, no `__proto__` key (a
 * plain assignment of which would replace an object's prototype), only what JSON can say.
 */
export function checkShape(root: unknown): unknown {
  const stack: [value: unknown, depth: number][] = [[root, 0]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [value, depth] = top;
    if (typeof value === "number" && !Number.isFinite(value)) throw new UnreadableBody("a number is out of range");
    if (typeof value === "bigint" || value instanceof Uint8Array) throw new UnreadableBody("a value is no JSON value");
    if (typeof value !== "object" || value === null) continue;
    if (depth >= MAX_DEPTH) throw new UnreadableBody("exceeded max depth");
    if (Object.hasOwn(value, "__proto__")) throw new UnreadableBody('the key "__proto__" is not allowed');
    for (const child of Object.values(value)) stack.push([child, depth + 1]);
  }
  return root;
}
