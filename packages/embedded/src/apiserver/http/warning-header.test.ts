import { validateHeaderValue } from "node:http";
import fc from "fast-check";
import { expect, it } from "vitest";
import { toWarningHeaders } from "./warning-header.js";

it("makes headers that Node accepts and that read back as the text", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 100 }), { maxLength: 5 }), (warnings) => {
      for (const header of toWarningHeaders(warnings)) {
        validateHeaderValue("Warning", header);
        const quoted = /^299 - "((?:[^"\\]|\\["\\])*)"$/.exec(Buffer.from(header, "latin1").toString("utf8"))?.[1];
        expect(quoted).toBeDefined();
        const text = quoted?.replace(/\\(.)/g, "$1") ?? "";
        expect(
          warnings.map((warning) =>
            Buffer.from(warning)
              .toString()
              .replace(/\p{Cc}/gu, " "),
          ),
        ).toContain(text);
      }
    }),
  );
});

it("cuts long texts and stops at a bounded total", () => {
  const headers = toWarningHeaders(Array.from({ length: 100 }, (_, at) => `${at} ${"x".repeat(1000)}`));
  expect(headers).toHaveLength(16);
  expect(headers.every((header) => header.length === 256 + '299 - ""'.length)).toBe(true);
});
