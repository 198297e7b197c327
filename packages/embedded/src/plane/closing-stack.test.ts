import { describe, expect, it } from "vitest";
import { ClosingStack } from "./closing-stack.js";

describe("a closing stack", () => {
  it("stops what was started last first, and everything once", async () => {
    const stopped: string[] = [];
    const stack = new ClosingStack();
    for (const name of ["store", "api server", "operator"]) stack.push(() => void stopped.push(name));
    await Promise.all([stack.close(), stack.close()]);
    expect(stopped).toEqual(["operator", "api server", "store"]);
  });

  it("goes on after a part that does not stop, and says so at the end", async () => {
    const stopped: string[] = [];
    const stack = new ClosingStack();
    stack.push(() => void stopped.push("store"));
    stack.push(() => Promise.reject(new Error("stuck")));
    await expect(stack.close()).rejects.toThrow("stuck");
    expect(stopped).toEqual(["store"]);
  });

  it("names every part that did not stop", async () => {
    const stack = new ClosingStack();
    stack.push(() => Promise.reject(new Error("first")));
    stack.push(() => Promise.reject(new Error("second")));
    await expect(stack.close()).rejects.toMatchObject({ errors: [{ message: "second" }, { message: "first" }] });
  });
});
