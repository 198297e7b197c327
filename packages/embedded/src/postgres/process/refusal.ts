import { invalidArgument, TenantryError } from "@tenantry/sdk";
import { HBA_LINES_BEFORE } from "./configuration.js";
import type { Instance } from "./instance.js";
import { lastLines } from "./server-log.js";
import { noSpace, saysNoSpace } from "./system-failure.js";

/** Why a server ended instead of starting, from its own words. */
export function readRefusal(instance: Instance, log: string, parameters: readonly string[]): TenantryError {
  if (saysNoSpace(log)) return noSpace(instance.data);
  const setting = refusedSetting(log, parameters);
  if (setting !== undefined) return invalidArgument(`postgresql.parameters.${setting.name}`, setting.message);
  const line = refusedHbaLine(log);
  if (line !== undefined) return invalidArgument(`postgresql.pg_hba[${line.index}]`, line.message);
  if (
    /FATAL: {2}could not load (?:server certificate|private key) file|FATAL: {2}check of private key failed/.test(log)
  ) {
    return invalidArgument("tls", "PostgreSQL refuses the certificate and key: they may not belong together");
  }
  return new TenantryError("unavailable", `PostgreSQL ended while it started:\n${lastLines(log)}`);
}

/** The first complaint about one of the caller's settings, in PostgreSQL's words. Source: messages of guc.c, guc-file.l, postmaster.c. */
export function refusedSetting(
  output: string,
  parameters: readonly string[],
): { readonly name: string; readonly message: string } | undefined {
  const lines = output.split("\n");
  for (const [index, line] of lines.entries()) {
    const [, severity, message = ""] = /(LOG|FATAL|ERROR|HINT): {2}(.*)/.exec(line) ?? [];
    if (severity === undefined) continue;
    const name = parameters.find((parameter) => names(message, parameter)) ?? preloaded(message, parameters);
    if (name === undefined) continue;
    const hint = /HINT: {2}(.*)/.exec(lines[index + 1] ?? "")?.[1];
    return { name, message: severity === "HINT" || hint === undefined ? message : `${message} (${hint})` };
  }
  return undefined;
}

/** PostgreSQL quotes the names of settings. */
function names(message: string, parameter: string): boolean {
  return message.toLowerCase().includes(`"${parameter.toLowerCase()}"`);
}

/** The one setting whose complaint speaks of a file instead. Source: dfmgr.c. */
function preloaded(message: string, parameters: readonly string[]): string | undefined {
  if (!message.startsWith("could not access file ")) return undefined;
  return parameters.find((parameter) => parameter.toLowerCase().endsWith("preload_libraries"));
}

/** Source: hba.c, which names the line in the context of its complaint. */
function refusedHbaLine(log: string): { readonly index: number; readonly message: string } | undefined {
  const lines = log.split("\n");
  for (const [index, line] of lines.entries()) {
    const number = /line (\d+) of configuration file "[^"]*pg_hba\.conf"/.exec(line)?.[1];
    if (number === undefined) continue;
    const complaint = lines.slice(0, index + 1).findLast((earlier) => /LOG: {2}/.test(earlier));
    return {
      index: Number(number) - HBA_LINES_BEFORE - 1,
      message: /LOG: {2}(.*)/.exec(complaint ?? "")?.[1] ?? "is refused",
    };
  }
  return undefined;
}
