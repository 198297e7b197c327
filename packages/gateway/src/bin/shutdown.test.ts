import { afterEach, describe, expect, it } from "vitest";
import { listenForShutdown, type Shutdown } from "./shutdown.js";

describe("a wish to stop", () => {
  let shutdown: Shutdown | undefined;
  afterEach(() => shutdown?.dispose());

  function listen() {
    const calls: string[] = [];
    let time = 0;
    shutdown = listenForShutdown({
      onRequest: () => calls.push("request"),
      onForce: () => calls.push("force"),
      now: () => time,
    });
    return { shutdown, calls, pass: (ms: number) => (time += ms) };
  }

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("is understood from %s", async (signal) => {
    const { shutdown, calls } = listen();
    process.emit(signal);
    await shutdown.requested;
    expect(shutdown.signal.aborted).toBe(true);
    expect(calls).toEqual(["request"]);
  });

  it("is one wish when npm repeats what the terminal has said already", () => {
    const { calls, pass } = listen();
    process.emit("SIGINT");
    pass(20);
    process.emit("SIGINT");
    expect(calls).toEqual(["request"]);
  });

  it("ends the process at once when it is repeated by a person", () => {
    const { calls, pass } = listen();
    process.emit("SIGINT");
    pass(1000);
    process.emit("SIGINT");
    expect(calls).toEqual(["request", "force"]);
  });

  it("gives the signals back", () => {
    const before = process.listenerCount("SIGINT");
    const { shutdown } = listen();
    shutdown.dispose();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
