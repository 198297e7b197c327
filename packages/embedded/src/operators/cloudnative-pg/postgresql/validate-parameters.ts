import type { StatusCause } from "@tenantry/sdk";
import type { CnpgPostgresql } from "../cluster-object.js";
import { invalidValue } from "../field-error.js";
import { isFixedParameter, isOperatorsOwnValue } from "./fixed-parameters.js";
import { SETTING_PREFIX_LIBRARIES, SHIPPED_LIBRARIES } from "./preload-libraries.js";
import { settingProblem } from "./setting-problem.js";

const PATH = "spec.postgresql.parameters";
const NAME = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/;
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?$/;
const BYTES = { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 } as const;

/** Source: cloudnative-pg v1.30.0 internal/webhook/v1/cluster_webhook.go, validateConfiguration. */
export function validateParameters(postgresql: CnpgPostgresql, storageBytes: bigint | undefined): StatusCause[] {
  const causes: StatusCause[] = [];
  const { parameters = {}, shared_preload_libraries: libraries = [] } = postgresql;
  for (const [name, value] of Object.entries(parameters)) {
    const problem = parameterProblem(name, value);
    if (problem !== undefined) causes.push(invalidValue(`${PATH}.${name}`, value, problem));
  }
  libraries.forEach((library, index) => {
    if (SHIPPED_LIBRARIES.has(library)) return;
    const known = [...SHIPPED_LIBRARIES].join(", ");
    causes.push(
      invalidValue(
        `spec.postgresql.shared_preload_libraries[${index}]`,
        library,
        `does not come with PostgreSQL; there are ${known}`,
      ),
    );
  });
  return [...causes, ...walProblems(parameters, storageBytes)];
}

/** Fixed parameters that are taken because they say what the real operator says. */
export function parametersWithoutEffect(parameters: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(parameters).filter((name) => isFixedParameter(name));
}

function parameterProblem(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return "is not a valid parameter name";
  if (isFixedParameter(name) && !isOperatorsOwnValue(name, value)) return "Can't set fixed configuration parameter";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the line of postgresql.conf.
  if (/[\u0000-\u001f\u007f]/.test(value)) return "must not contain control characters";
  if (/^ssl_(min|max)_protocol_version$/i.test(name) && value !== "TLSv1.3")
    return "the embedded plane speaks TLSv1.3 only";
  const prefix = /^([^.]+)\./.exec(name)?.[1];
  const library = prefix === undefined ? undefined : SETTING_PREFIX_LIBRARIES.get(prefix);
  if (library !== undefined && !SHIPPED_LIBRARIES.has(library))
    return `needs the library ${library}, which is not on the embedded plane`;
  return isFixedParameter(name) ? undefined : settingProblem(name, value);
}

function walProblems(parameters: Readonly<Record<string, string>>, storageBytes: bigint | undefined): StatusCause[] {
  const causes: StatusCause[] = [];
  const level = parameters.wal_level;
  if (level === "minimal" && parameters.max_wal_senders !== "0") {
    causes.push(
      invalidValue(`${PATH}.max_wal_senders`, parameters.max_wal_senders, 'must be "0" when wal_level is minimal'),
    );
  }
  const sizes: Record<string, number> = { min_wal_size: 80 * BYTES.MB, max_wal_size: BYTES.GB };
  for (const name of ["min_wal_size", "max_wal_size"]) {
    const value = parameters[name];
    const bytes = value === undefined ? undefined : parseSize(value);
    if (bytes === undefined) continue;
    sizes[name] = bytes;
    if (storageBytes !== undefined && BigInt(Math.trunc(bytes)) >= storageBytes) {
      causes.push(invalidValue(`${PATH}.${name}`, value, "must be smaller than the volume of spec.storage.size"));
    }
  }
  if ((sizes.min_wal_size ?? 0) >= (sizes.max_wal_size ?? 0) && causes.length === 0) {
    const shown = parameters.min_wal_size ?? "80MB";
    causes.push(invalidValue(`${PATH}.min_wal_size`, shown, "must be smaller than max_wal_size"));
  }
  return causes;
}

/** Bytes of a WAL size, a bare number counting in MB; undefined for what {@link settingProblem} refuses. */
function parseSize(text: string): number | undefined {
  const [, number, unit = "MB"] = SIZE.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Number(number) * BYTES[unit as keyof typeof BYTES];
}
