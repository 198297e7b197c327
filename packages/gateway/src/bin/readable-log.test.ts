import { describe, expect, it } from "vitest";
import { createLogger } from "../logging/logger.js";
import { readableLog } from "./readable-log.js";

describe("the log of `tenantry dev`", () => {
  let written = "";
  const output = {
    write(text: string) {
      written += text;
    },
  };
  const logger = createLogger({ level: "debug", destination: readableLog(output) });

  it("is a line for people: level, message, cause and fields", () => {
    written = "";
    logger.warn({ cluster: "team-a/shop", err: new Error("no space") }, "Reconciling a cluster failed");
    logger.info("ready");
    expect(written).toBe('warn: Reconciling a cluster failed (no space) {"cluster":"team-a/shop"}\ninfo: ready\n');
  });

  it("shows where an error comes from, and still no secret in it", () => {
    written = "";
    logger.error({ err: new Error("postgres://app:hunter2@localhost/app is down") }, "internal error");
    expect(written).toMatch(/^error: internal error .*\n.*Error: .*\n +at /);
    expect(written).not.toContain("hunter2");
  });
});
