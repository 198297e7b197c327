import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorkQueue } from "./work-queue.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function rig({
  concurrency = 2,
  fails = () => false,
}: {
  concurrency?: number;
  fails?: (key: string) => boolean;
} = {}) {
  const started: string[] = [];
  const failed: string[] = [];
  const open = new Map<string, () => void>();
  const queue = createWorkQueue({
    concurrency,
    firstDelayMs: 100,
    maxDelayMs: 1000,
    async work(key) {
      started.push(key);
      await new Promise<void>((resolve) => open.set(key, resolve));
      open.delete(key);
      if (fails(key)) throw new Error(key);
    },
    onFailure: (key) => void failed.push(key),
  });
  const finish = async (key: string) => {
    open.get(key)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { queue, started, failed, open, finish, settle: () => vi.advanceTimersByTimeAsync(0) };
}

describe("the work queue", () => {
  it("works on different keys at once, up to its limit, and never twice at once on one", async () => {
    const { queue, started, open, finish, settle } = rig();
    for (const key of ["a", "a", "b", "c"]) queue.add(key);
    await settle();
    expect([...open.keys()]).toEqual(["a", "b"]);
    queue.add("a");
    queue.add("a");
    await settle();
    expect(started).toEqual(["a", "b"]);
    await finish("a");
    await finish("b");
    await finish("c");
    expect(started).toEqual(["a", "b", "c", "a"]);
  });

  it("repeats what failed, later each time, and starts over after a success", async () => {
    let broken = true;
    const { queue, started, failed, finish, settle } = rig({ fails: () => broken });
    queue.add("a");
    await settle();
    for (const delay of [100, 200, 400, 800, 1000, 1000]) {
      await finish("a");
      const before = started.length;
      await vi.advanceTimersByTimeAsync(delay - 1);
      expect(started).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(started).toHaveLength(before + 1);
    }
    expect(failed).toHaveLength(6);
    broken = false;
    await finish("a");
    broken = true;
    queue.add("a");
    await settle();
    await finish("a");
    const before = started.length;
    await vi.advanceTimersByTimeAsync(100);
    expect(started).toHaveLength(before + 1);
  });

  it("does not wait for the repetition when there is news", async () => {
    const { queue, started, finish, settle } = rig({ fails: () => true });
    queue.add("a");
    await settle();
    await finish("a");
    queue.add("a");
    await settle();
    expect(started).toHaveLength(2);
  });

  it("keeps the earlier of two dates", async () => {
    const { queue, started } = rig();
    queue.addAfter("a", 500);
    queue.addAfter("a", 100);
    queue.addAfter("a", 900);
    await vi.advanceTimersByTimeAsync(100);
    expect(started).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(started).toEqual(["a"]);
  });

  it("waits for what runs when it closes, and starts nothing more", async () => {
    const { queue, started, finish, settle } = rig({ concurrency: 1 });
    queue.add("a");
    queue.add("b");
    await settle();
    const closed = vi.fn();
    void queue.close().then(closed);
    queue.add("c");
    await settle();
    expect(closed).not.toHaveBeenCalled();
    await finish("a");
    expect(closed).toHaveBeenCalled();
    expect(started).toEqual(["a"]);
  });

  it("goes on when telling of a failure fails", async () => {
    const worked: string[] = [];
    const queue = createWorkQueue({
      concurrency: 1,
      firstDelayMs: 100,
      maxDelayMs: 100,
      async work(key) {
        worked.push(key);
        if (key === "a") throw new Error(key);
      },
      onFailure: () => {
        throw new Error("the log is full");
      },
    });
    queue.add("a");
    queue.add("b");
    await vi.advanceTimersByTimeAsync(0);
    expect(worked).toEqual(["a", "b"]);
    await queue.close();
  });
});
