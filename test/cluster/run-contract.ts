import type { Transport } from "@tenantry/sdk";
import { type ContractLane, transportContract } from "@tenantry/testing";

export interface ContractReport {
  readonly passed: number;
  readonly failures: readonly ContractFailure[];
}

export interface ContractFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Cases use a namespace each, so some may run at once; more would only wait for each other. */
const AT_ONCE = 4;

/** Runs every promise of a transport, in the order of the suite, and goes on after a broken one. */
export async function runContract(
  transport: Transport,
  lane: ContractLane,
  signal: AbortSignal,
): Promise<ContractReport> {
  const waiting = [...transportContract];
  const failures: ContractFailure[] = [];
  let passed = 0;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      try {
        await next.run(transport, lane);
        passed++;
      } catch (error) {
        failures.push({ name: next.name, error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { passed, failures };
}
