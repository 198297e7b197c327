import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatReadyMessage, shellQuote } from "./ready-message.js";

const READY = {
  url: "http://127.0.0.1:4000/graphql",
  kubeconfig: "/home/o'neil/my data/kubeconfig",
  issuer: "http://127.0.0.1:5556",
  tokens: { "team-a": "eyJ.a.a", "team-b": "eyJ.b.b" },
  directory: "/home/o'neil/my data",
};

describe("what is printed once everything runs", () => {
  const message = formatReadyMessage(READY, 2.34);

  it("has everything that a person needs next", () => {
    for (const text of ["ready (2.3 s)", READY.url, READY.kubeconfig, READY.issuer, "eyJ.a.a", "eyJ.b.b", "Ctrl-C"]) {
      expect(message).toContain(text);
    }
  });

  it("has commands that sh takes apart as they are meant, whatever the directory is called", () => {
    const lines = message.split("\n").filter((line) => /^(curl|kubectl) /.test(line));
    expect(lines).toHaveLength(3);
    const words = lines.map((line) =>
      execFileSync("sh", ["-c", `${line.replace(/^(curl|kubectl)/, "printf '%s\\n'")}`], { encoding: "utf8" }).split(
        "\n",
      ),
    );
    expect(words[0]?.slice(0, 6)).toEqual([
      "-sS",
      READY.url,
      "-H",
      "content-type: application/json",
      "-H",
      "authorization: Bearer eyJ.a.a",
    ]);
    expect(JSON.parse(words[0]?.[7] ?? "")).toHaveProperty("query");
    expect(words[2]?.[1]).toBe(READY.kubeconfig);
  });
});

describe("a word for the shell", () => {
  it("comes out of sh as it went in", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(execFileSync("sh", ["-c", `printf %s ${shellQuote(text)}`], { encoding: "utf8" })).toBe(text);
      }),
      { numRuns: 30 },
    );
    expect(shellQuote("")).toBe("''");
  });
});
