import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Fields, reviewFields } from "./field-tree.js";
import { SPEC_FIELDS } from "./spec-fields.js";

const PAGE = readFileSync(new URL("../../../../../../docs/embedded-cloudnative-pg.md", import.meta.url), "utf8");

function paths(fields: Fields, treatment: string, prefix = ""): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.treatment === "group") return paths(field.fields, treatment, `${prefix}${name}.`);
    return field.treatment === treatment ? [`${prefix}${name}`] : [];
  });
}

describe("the page about the fields", () => {
  it.each([
    ["honoured", "**Run**"],
    ["ignored", "**Kept, with a warning**"],
    ["refused", "**Refused**"],
  ])("lists those that are %s", (treatment, heading) => {
    const start = PAGE.indexOf(heading);
    const section = PAGE.slice(start, PAGE.indexOf("\n\n", start)).replaceAll(/\([^)]*\)/g, "");
    const listed = [...section.matchAll(/`([A-Za-z_.]+)`/g)].map(([, path]) => path);
    expect(listed.sort()).toEqual([...paths(SPEC_FIELDS, treatment)].sort());
  });
});

describe("what is refused", () => {
  it.each(paths(SPEC_FIELDS, "refused"))("names %s by its path, and takes it when it says nothing", (path) => {
    const nest = (value: unknown) => path.split(".").reduceRight((inner: unknown, name) => ({ [name]: inner }), value);
    expect(reviewFields(SPEC_FIELDS, nest("x"), "spec").causes.map(({ field }) => field)).toEqual([`spec.${path}`]);
    for (const nothing of [{}, [], "", null, false]) {
      expect(reviewFields(SPEC_FIELDS, nest(nothing), "spec")).toEqual({ causes: [], warnings: [] });
    }
  });
});
