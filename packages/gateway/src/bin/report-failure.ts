import { inspect } from "node:util";
import { isTenantryError } from "@tenantry/sdk";
import { CommanderError } from "commander";
import { ConfigurationError } from "../configuration/configuration-error.js";
import { redactText } from "../logging/redact-text.js";
import { EXIT_CODES } from "./exit-code.js";

export interface FailureReport {
  readonly exitCode: number;
  /** For stderr, ending in a newline; empty when the parser has written it already. */
  readonly text: string;
}

/**
 * One line that names what is wrong and the fix. The stack is for those who ask for it: it tells an operator nothing and may carry
 * a value that a line written on purpose does not.
 */
export function reportFailure(error: unknown, { verbose }: { readonly verbose: boolean }): FailureReport {
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage, text: "" };
  }
  const exitCode = error instanceof ConfigurationError ? EXIT_CODES.usage : EXIT_CODES.failed;
  const detail = verbose ? `${redactText(inspect(error))}\n` : "";
  return { exitCode, text: `${detail}tenantry: ${describeFailure(error)}\n` };
}

function describeFailure(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  // The code is for programs; the sentence says the same to people.
  if (isTenantryError(error)) return error.message.replace(/^\[\w+\] /, "");
  const message = redactText(error instanceof Error ? error.message : String(error));
  return `unexpected error: ${message} (run again with --verbose for details)`;
}
