import type { TenantryError } from "@tenantry/sdk";

/** What the call fails with. */
export async function failure(call: Promise<unknown>): Promise<TenantryError> {
  return call.then(
    () => Promise.reject(new Error("it was accepted")),
    (error) => error,
  );
}

/** Its message, as Kubernetes words it. */
export async function message(call: Promise<unknown>): Promise<string> {
  return (await failure(call)).message.replace(/^\[\w+\] /, "");
}

/** What it says of each field. */
export async function causes(call: Promise<unknown>): Promise<readonly string[]> {
  return (await failure(call)).violations.map(({ field, message }) => `${field}: ${message}`);
}
