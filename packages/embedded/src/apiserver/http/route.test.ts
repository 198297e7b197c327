import fc from "fast-check";
import { expect, it } from "vitest";
import { splitPath } from "./request-path.js";
import { readResourceRoute } from "./route.js";

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/);
const plural = name.filter((text) => !["namespaces", "watch", "status", "finalize"].includes(text));

it("reads back every path that a client can build", () => {
  fc.assert(
    fc.property(
      fc.record({
        group: fc.oneof(fc.constant(""), name),
        version: name,
        namespace: fc.option(name, { nil: undefined }),
        plural,
        name: fc.option(name, { nil: undefined }),
      }),
      (wanted) => {
        const root = wanted.group === "" ? `/api/${wanted.version}` : `/apis/${wanted.group}/${wanted.version}`;
        const scope = wanted.namespace === undefined ? "" : `/namespaces/${wanted.namespace}`;
        const path = `${root}${scope}/${wanted.plural}${wanted.name === undefined ? "" : `/${wanted.name}`}`;
        expect({ namespace: undefined, ...readResourceRoute(splitPath(path) ?? []) }).toMatchObject(wanted);
      },
    ),
  );
});

it("gives no segment that could mean another place", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webPath(),
        fc.string().map((text) => `/${text}`),
        fc.webPath().map((path) => `/${encodeURI(path)}`),
      ),
      (path) => {
        for (const segment of splitPath(path) ?? []) {
          expect(segment).not.toBe("");
          expect(segment).not.toMatch(/^\.{1,2}$/);
          expect(segment).not.toMatch(/[/%\\;\0]/);
        }
      },
    ),
  );
});
