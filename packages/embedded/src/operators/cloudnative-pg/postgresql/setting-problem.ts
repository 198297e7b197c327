import { SETTINGS, type Setting } from "./settings.js";

/** PostgreSQL takes any unambiguous beginning of on, off, true, false, yes, no, 1, 0. Source: src/backend/utils/adt/bool.c. */
const BOOLEAN = /^(on|of|off|t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|1|0)$/i;
/** Source: guc.c, parse_real and parse_int: a number, blanks, a unit. Hexadecimal and octal are left to the server. */
const NUMBER = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*$/;
const FOREIGN_NUMBER = /^\s*[+-]?0[xX0-7]/;

/** Bytes, and milliseconds. Source: guc.c, memory_unit_conversion_table and time_unit_conversion_table. */
const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  memory: { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 },
  time: { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 },
};

/** What PostgreSQL would say of this setting, as far as that is certain without asking it; undefined when nothing is. */
export function settingProblem(name: string, value: string): string | undefined {
  if (name.includes(".")) return undefined;
  const setting = SETTINGS.get(name.toLowerCase());
  if (setting === undefined) return "PostgreSQL 18 has no such parameter";
  switch (setting.type) {
    case "internal":
      return "can't be changed: it is fixed when the server is built or its data directory is made";
    case "boolean":
      return BOOLEAN.test(value) ? undefined : "must be a boolean: on or off";
    case "enum":
      return enumProblem(setting.values, value);
    case "string":
      return undefined;
    default:
      return numberProblem(setting, value);
  }
}

function enumProblem(values: readonly string[], value: string): string | undefined {
  const lower = value.toLowerCase();
  if (values.some((one) => one.toLowerCase() === lower)) return undefined;
  // Hidden synonyms: the words of a boolean, debug for debug2, archive and hot_standby of old.
  if ((values.includes("on") && BOOLEAN.test(value)) || (values.includes("debug2") && lower === "debug"))
    return undefined;
  return `must be one of ${values.join(", ")}`;
}

function numberProblem(setting: Setting & { readonly type: "integer" | "real" }, value: string): string | undefined {
  const { min, max, unit } = setting;
  if (FOREIGN_NUMBER.test(value)) return undefined;
  const [, digits, given = ""] = NUMBER.exec(value) ?? [];
  if (digits === undefined)
    return unit === undefined ? "must be a number" : `must be a number, with a unit or in ${unit}`;
  const factor = conversion(given, unit);
  if (factor === undefined) return given === "" ? undefined : unitProblem(given, unit);
  const amount = Number(digits) * factor;
  const rounded = setting.type === "integer" ? Math.round(amount) : amount;
  if (rounded >= min && rounded <= max) return undefined;
  return `is outside the valid range, ${min} to ${max}${unit === undefined ? "" : ` ${unit}`}`;
}

/** How many of the setting's own units one of the given ones is. */
function conversion(given: string, unit: string | undefined): number | undefined {
  if (given === "") return 1;
  const [, multiple = "", base = ""] = /^(\d*)([A-Za-z]+)$/.exec(unit ?? "") ?? [];
  const units = Object.values(UNITS).find((table) => base in table);
  const [from, to] = [units?.[given], units?.[base]];
  return from === undefined || to === undefined ? undefined : from / (to * Number(multiple || 1));
}

function unitProblem(given: string, unit: string | undefined): string {
  const known = Object.values(UNITS).find((table) => (unit ?? "").replace(/^\d+/, "") in table);
  if (known === undefined) return `takes no unit, and "${given}" is one`;
  return `has the unit "${given}"; the units are ${Object.keys(known).join(", ")}`;
}
