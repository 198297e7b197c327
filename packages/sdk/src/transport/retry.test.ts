import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ErrorCode, TenantryError, type TenantryErrorOptions } from "../index.js";
import { SECRETS } from "../kubernetes/object.js";
import { type RetryOptions, retry } from "./retry.js";
import type { Transport, TransportRequest, Verb } from "./transport.js";

const failure = (code: ErrorCode, options?: TenantryErrorOptions) =>
  new TenantryError(code, "broken on purpose", options);
const request = (verb: Verb, more: Partial<TransportRequest> = {}): TransportRequest => ({
  verb,
  resource: SECRETS,
  namespace: "team-a",
  name: "a",
  ...more,
});
const byUid = { body: { preconditions: { uid: "u-1" } } };

/** Fails with the given errors in turn, then answers. */
function failing(...errors: Error[]) {
  const transport = {
    calls: 0,
    async send<T>(): Promise<T> {
      transport.calls += 1;
      const error = errors.shift();
      if (error !== undefined) throw error;
      return "answer" as T;
    },
    // biome-ignore lint/correctness/useYield: fails before the first event
    async *watch() {
      transport.calls += 1;
      throw failure("unavailable");
    },
  } satisfies Transport & { calls: number };
  return transport;
}

describe("retry", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    vi.setTimerTickMode("nextTimerAsync");
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const attempts = async (sent: TransportRequest, errors: Error[], options?: RetryOptions) => {
    const transport = failing(...errors);
    const outcome = await retry(options)(transport)
      .send(sent)
      .catch((error: unknown) => error);
    return { calls: transport.calls, outcome };
  };

  it.each<[Verb, Partial<TransportRequest>]>([
    ["get", {}],
    ["list", {}],
    ["apply", { body: {} }],
    ["delete", byUid],
  ])("repeats %s, which is harmless, whatever became of the first call", async (verb, more) => {
    const errors = [failure("unavailable", { reason: "ConnectionLost" }), failure("resource_exhausted")];
    expect(await attempts(request(verb, more), errors)).toEqual({ calls: 3, outcome: "answer" });
  });

  it.each<[Verb, Partial<TransportRequest>]>([
    ["create", { body: {} }],
    ["update", { body: {} }],
    ["patch", { body: {} }],
    ["delete", {}],
    ["delete", { body: { preconditions: { resourceVersion: "1" } } }],
    ["deletecollection", byUid],
  ])("does not repeat %s once the server may have seen it", async (verb, more) => {
    for (const lost of [
      failure("unavailable", { reason: "ConnectionLost" }),
      failure("unavailable"),
      failure("unavailable", { reason: "ServerTimeout", retryAfterMs: 10 }),
      failure("resource_exhausted"),
    ]) {
      expect(await attempts(request(verb, more), [lost])).toEqual({ calls: 1, outcome: lost });
    }
  });

  it.each<Verb>(["create", "update", "patch", "delete", "deletecollection"])(
    "repeats %s that was refused with a time to come back, or never sent",
    async (verb) => {
      const errors = [
        failure("resource_exhausted", { retryAfterMs: 10 }),
        failure("unavailable", { reason: "ServiceUnavailable", retryAfterMs: 10 }),
        failure("unavailable", { reason: "NotConnected" }),
      ];
      expect(await attempts(request(verb), errors)).toEqual({ calls: 4, outcome: "answer" });
    },
  );

  it.each<ErrorCode>(["not_found", "conflict", "permission_denied", "expired", "deadline_exceeded", "internal"])(
    "does not repeat after %s, which waiting does not mend",
    async (code) => {
      const error = failure(code, { retryAfterMs: 1 });
      expect(await attempts(request("get"), [error])).toEqual({ calls: 1, outcome: error });
    },
  );

  it("does not repeat an error that is not the SDK's: that is a fault in a program", async () => {
    const fault = new TypeError("undefined is not a function");
    expect(await attempts(request("get"), [fault])).toEqual({ calls: 1, outcome: fault });
  });

  it("waits as long as the server asks, else twice as long each time", async () => {
    const delays: number[] = [];
    const errors = [
      failure("unavailable", { retryAfterMs: 3000 }),
      ...Array.from({ length: 3 }, () => failure("unavailable")),
    ];
    await attempts(request("get"), errors, { onRetry: (_error, _request, delayMs) => delays.push(delayMs) });
    expect(delays[0]).toBe(3000);
    for (const [i, most] of [200, 400, 800].entries()) {
      expect(delays[i + 1]).toBeLessThanOrEqual(most);
      expect(delays[i + 1]).toBeGreaterThanOrEqual(most / 2);
    }
  });

  it("gives the last error when the next wait would pass the deadline, without waiting for it", async () => {
    const start = performance.now();
    const late = failure("unavailable", { retryAfterMs: 60_000 });
    expect(await attempts(request("get"), [late])).toEqual({ calls: 1, outcome: late });
    expect(performance.now() - start).toBeLessThan(100);
    const many = Array.from({ length: 99 }, () => failure("unavailable", { retryAfterMs: 400 }));
    const { calls, outcome } = await attempts(request("get"), many, { deadlineMs: 1000, maxAttempts: 99 });
    expect(calls).toBe(3);
    expect(outcome).toMatchObject({ code: "unavailable" });
  });

  it("stops after the given number of calls", async () => {
    const many = Array.from({ length: 99 }, () => failure("unavailable"));
    expect((await attempts(request("get"), many)).calls).toBe(10);
    expect((await attempts(request("get"), [failure("unavailable")], { maxAttempts: 1 })).calls).toBe(1);
  });

  it("ends its wait at once when the caller aborts, with the caller's reason", async () => {
    const caller = new AbortController();
    const reason = new Error("the caller's own");
    const error = failure("unavailable", { retryAfterMs: 20_000 });
    const sent = request("get", { signal: caller.signal });
    const { calls, outcome } = await attempts(sent, [error], {
      onRetry: () => queueMicrotask(() => caller.abort(reason)),
    });
    expect(calls).toBe(1);
    expect(outcome).toBe(reason);
  });

  it("lets watches through: their position is the follower's to keep", async () => {
    const transport = failing();
    const consume = async () => {
      for await (const _ of retry()(transport).watch({ resource: SECRETS }));
    };
    await expect(consume()).rejects.toMatchObject({ code: "unavailable" });
    expect(transport.calls).toBe(1);
  });
});
