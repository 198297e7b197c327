import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommandProcess, START_MS } from "./command-process.js";

vi.setConfig({ testTimeout: START_MS });

describe("stopping the command", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-stop-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const start = () => new CommandProcess(["dev", "--json", "--port", "0", "--directory", directory]);

  it("is no failure while it is still starting", async () => {
    const command = start();
    await command.said("open the directory");
    const { code, stdout } = await command.stop("SIGINT");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });

  it("is clean when the terminal is gone", async () => {
    const command = start();
    await command.ready();
    command.child.stdout?.destroy();
    command.child.stderr?.destroy();
    expect((await command.stop("SIGHUP")).code).toBe(0);
  });

  it("does not wait for a slow client when it is asked a second time, and the next start finds all well", async () => {
    const command = start();
    const { url } = await command.ready();
    const slow = connect(Number(new URL(url).port), "127.0.0.1", () => slow.write("POST /graphql HTTP/1.1\r\n"));
    slow.on("error", () => {});
    await new Promise((resolve) => slow.once("ready", resolve));
    // A person who presses Ctrl-C again and again: repetitions within half a second count as one.
    const pressing = setInterval(() => command.child.kill("SIGINT"), 100);
    const { code } = await command.ended;
    clearInterval(pressing);
    slow.destroy();
    expect(code).toBe(130);
    const next = start();
    await next.ready();
    expect((await next.stop()).code).toBe(0);
  });
});
