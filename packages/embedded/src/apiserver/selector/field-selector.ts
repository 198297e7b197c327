import type { ApiError } from "../api-server.js";
import type { ApiObject } from "../object/api-object.js";
import { badRequest } from "../object/failures.js";
import type { ResourceDefinition } from "../resource-definition.js";

export interface FieldRequirement {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
  read(object: ApiObject): string;
}

/** Source of grammar and texts: apimachinery/pkg/fields/selector.go. */
export function parseFieldSelector(
  text: string | undefined,
  definition: ResourceDefinition,
): readonly FieldRequirement[] {
  if (text === undefined || text === "") return [];
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === "") continue;
    const operator = /!=|==|=/.exec(unescapedOnly(term));
    if (operator === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const field = term.slice(0, operator.index);
    const value = unescapeValue(term.slice(operator.index + operator[0].length));
    requirements.push({ field, value, negated: operator[0] === "!=", read: readerOf(field, definition) });
  }
  return requirements;
}

export function matchesFields(requirements: readonly FieldRequirement[], object: ApiObject): boolean {
  return requirements.every(({ read, value, negated }) => (read(object) === value) !== negated);
}

function readerOf(field: string, definition: ResourceDefinition): (object: ApiObject) => string {
  if (field === "metadata.name") return (object) => object.metadata.name ?? "";
  if (field === "metadata.namespace") return (object) => object.metadata.namespace ?? "";
  const read = Object.hasOwn(definition.selectableFields, field) ? definition.selectableFields[field] : undefined;
  if (read === undefined) throw unknownField(field, definition);
  return read;
}

/** Kinds with fields of their own say less. Source: apimachinery pkg/runtime/conversion.go, DefaultMetaV1FieldSelectorConversion. */
function unknownField(field: string, { builtIn, selectableFields }: ResourceDefinition): ApiError {
  if (!builtIn || Object.keys(selectableFields).length > 0) return badRequest(`field label not supported: ${field}`);
  const known = 'only "metadata.name", "metadata.namespace"';
  return badRequest(`${JSON.stringify(field)} is not a known field selector: ${known}`);
}

/** The term with each escaped character blanked, so that positions stay. */
function unescapedOnly(term: string): string {
  return term.replaceAll(/\\./g, "  ");
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  const plain = unescapedOnly(text);
  for (let index = 0; index <= plain.length; index++) {
    if (index === plain.length || plain[index] === ",") {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return terms;
}

function unescapeValue(value: string): string {
  let result = "";
  for (let index = 0; index < value.length; index++) {
    const character = value[index] ?? "";
    if (character === "\\") {
      index += 1;
      const escaped = value[index] ?? "";
      if (!["\\", ",", "="].includes(escaped)) {
        throw badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`);
      }
      result += escaped;
    } else if (character === "," || character === "=") {
      throw badRequest(`invalid field selector: unescaped character in value: ${character}`);
    } else result += character;
  }
  return result;
}
