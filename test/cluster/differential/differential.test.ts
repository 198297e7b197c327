import { describe, expect, it } from "vitest";
import { compareAnswers } from "./compare-answers.js";
import { fidelityCases } from "./fidelity-cases.js";
import { fillIn } from "./fill-in.js";
import { Normaliser } from "./normaliser.js";
import { readPath } from "./read-path.js";
import { renderPage } from "./render-page.js";

const UID = "0b0b1f6e-7c5e-4d0a-9f3e-0c6f6f1f2a3b";

describe("placeholders", () => {
  const known = { namespace: "f001-1", bodies: [{ metadata: { uid: UID, count: 3 } }] };

  it("stand for values of earlier answers, in texts and as a whole, with their type", () => {
    const script = {
      path: "/<<ns>>/x?uid=<<0.metadata.uid>>",
      body: { list: ["<<0.metadata.count>>"], all: "<<0.@>>" },
    };
    expect(fillIn(script, known)).toEqual({
      path: `/f001-1/x?uid=${UID}`,
      body: { list: [3], all: known.bodies[0] },
    });
  });

  it("fail where the answer has no such value, because both servers would be asked the same nonsense", () => {
    expect(() => fillIn("<<0.metadata.name>>", known)).toThrow("the answer to request 0 has no metadata.name");
  });
});

it("reads members, items, each item, and the item with a name that has dots", () => {
  const body = {
    items: [
      { name: "a.b", n: 1 },
      { name: "c", n: 2 },
    ],
  };
  expect(readPath(body, "items.1.n")).toBe(2);
  expect(readPath(body, "items[].n")).toEqual([1, 2]);
  expect(readPath(body, "items[name=a.b].n")).toBe(1);
  expect(readPath(body, "items[name=d].n")).toBeUndefined();
});

describe("a normalised answer", () => {
  const metadata = (resourceVersion: string) => ({
    uid: UID,
    resourceVersion,
    creationTimestamp: "2026-01-01T00:00:00Z",
  });

  it("still shows whether two answers have the same version", () => {
    const normaliser = new Normaliser();
    const versions = ["7", "9", "7"].map((version) => normaliser.normalise(metadata(version)));
    expect(versions).toEqual(
      [1, 2, 1].map((n) => ({ uid: "<uid 1>", resourceVersion: `<version ${n}>`, creationTimestamp: "<time>" })),
    );
  });

  it("has the version of a list hidden, which controllers raise as well", () => {
    expect(new Normaliser().normalise({ metadata: { resourceVersion: "12" } })).toEqual({
      metadata: { resourceVersion: "<version>" },
    });
  });

  it("names causes in one order, in the message too", () => {
    const status = (fields: readonly string[]) => ({
      kind: "Status",
      message: `X "a" is invalid: [${fields.map((field) => `${field}: bad`).join(", ")}]`,
      details: { causes: fields.map((field) => ({ field, message: "bad" })) },
    });
    const normaliser = new Normaliser();
    expect(normaliser.normalise(status(["b", "a"]))).toEqual(normaliser.normalise(status(["a", "b"])));
    expect(normaliser.normalise(status(["b", "a"]))).not.toEqual(normaliser.normalise(status(["a", "c"])));
  });

  it("hides the random part of a generated name and nothing of another", () => {
    const normaliser = new Normaliser();
    expect(normaliser.normalise({ generateName: "a-", name: "a-bcdfg" })).toMatchObject({ name: "a-<random>" });
    expect(normaliser.normalise({ generateName: "a-", name: "other" })).toMatchObject({ name: "other" });
  });
});

describe("a comparison", () => {
  const answer = (status: number, body: unknown, headers = {}) => ({ status, headers, body });

  it("names each place that differs, and nothing for members in another order", () => {
    const real = [answer(200, { a: 1, b: { c: [1, 2] } }, { warning: "x" })];
    const embedded = [answer(200, { b: { c: [1, 3] }, a: 1 })];
    expect(compareAnswers(real, embedded)).toEqual([
      { request: 0, where: "headers.warning", real: '"x"', embedded: undefined },
      { request: 0, where: "body.b.c.1", real: "2", embedded: "3" },
    ]);
    expect(compareAnswers(real, real)).toEqual([]);
  });

  it("says only that, where one accepts and the other refuses, or was not asked", () => {
    const refused = answer(404, { message: "not found" });
    expect(compareAnswers([answer(200, { a: 1 }), refused], [refused])).toEqual([
      { request: 0, where: "status", real: "200", embedded: "404 not found" },
      { request: 1, where: "status", real: "404 not found", embedded: "not asked" },
    ]);
  });
});

it("writes a row for each case, whose cells hold no bare bar, and tells a bug from a known limit", () => {
  const requests = [{ method: "GET", path: "/" }] as const;
  const real = [{ status: 404, headers: {}, body: { kind: "Status", reason: "NotFound", message: "a|b\nc" } }];
  const difference = { request: 0, where: "body.message", real: '"a|b"', embedded: undefined };
  const report = (limit?: string) => ({
    fidelityCase: { number: "F002", title: "a title", requests, limit } as const,
    real,
    embedded: real,
  });
  const page = renderPage("1.34", [
    { ...report(), differences: [] },
    { ...report(), differences: [difference] },
    { ...report("on purpose"), differences: [difference] },
  ]);
  expect(page).toContain("3 cases: 1 equal, 1 known limits, 1 bugs.");
  const shown = "404 NotFound `a\\|b⏎c`";
  expect(page).toContain(`| F002 | a title | ${shown} | ${shown} | yes |`);
  expect(page).toContain(`| ${shown} | no: bug |`);
  expect(page).toContain(`| ${shown} | no: known limit, on purpose |`);
});

it("has 150 cases and more, each with a number, a title and a script", () => {
  expect(fidelityCases.length).toBeGreaterThanOrEqual(150);
  for (const { number, title, requests } of fidelityCases) {
    expect(number).toMatch(/^F\d{3}$/);
    expect(title).not.toBe("");
    expect(requests.length).toBeGreaterThan(0);
  }
});
