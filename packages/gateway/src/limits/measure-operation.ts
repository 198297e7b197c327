import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** A page is never longer, so a larger `first` costs no more: it is refused later, with the field's own message. */
const MAX_COUNTED_PAGE = 100;

export interface Measure {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly cost: number;
}

const NOTHING: Measure = { depth: 0, introspectionDepth: 0, aliases: 0, directives: 0, rootFields: 0, cost: 0 };

/**
 * Sizes one operation without unfolding it: each fragment is measured once and its figures added wherever it is spread, so 2^30
 * spreads take as long as thirty. A cycle counts as nothing; validation refuses it.
 */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Measure>();

  function ofSelections({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Measure {
    let total = NOTHING;
    for (const selection of selections) {
      let part: Measure;
      if (selection.kind === Kind.FIELD) part = ofField(selection, parent);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) part = ofFragment(selection.name.value);
      else part = ofSelections(selection.selectionSet, typeNamed(selection.typeCondition?.name.value) ?? parent);
      total = add(total, { ...part, directives: part.directives + (selection.directives?.length ?? 0) });
    }
    return total;
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Measure {
    const name = node.name.value;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    const below =
      node.selectionSet === undefined ? NOTHING : ofSelections(node.selectionSet, field && getNamedType(field.type));
    const own = field?.extensions.cost;
    const isIntrospection = name === "__schema" || name === "__type";
    return {
      depth: isIntrospection ? 1 : below.depth + 1,
      introspectionDepth: isIntrospection ? below.depth + 1 : below.introspectionDepth,
      aliases: below.aliases + (node.alias === undefined ? 0 : 1),
      directives: below.directives,
      rootFields: 1,
      cost: (typeof own === "number" ? own : 1) + below.cost * pageOf(node, field),
    };
  }

  function ofFragment(name: string): Measure {
    const known = measured.get(name);
    const fragment = fragments.get(name);
    if (known !== undefined || fragment === undefined) return known ?? NOTHING;
    measured.set(name, NOTHING);
    const measure = ofSelections(fragment.selectionSet, typeNamed(fragment.typeCondition.name.value));
    measured.set(name, measure);
    return measure;
  }

  /** How many items a page of this field has: from a literal, a variable, its default, or the schema's. 1 for what is no page. */
  function pageOf(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
    const defined = field?.args.find(({ name }) => name === "first");
    if (defined === undefined) return 1;
    const value = node.arguments?.find(({ name }) => name.value === "first")?.value;
    let first: unknown = defined.defaultValue;
    if (value?.kind === Kind.INT) first = Number(value.value);
    if (value?.kind === Kind.VARIABLE) first = variableNamed(value.name.value) ?? first;
    return typeof first === "number" && first >= 0 ? Math.min(first, MAX_COUNTED_PAGE) : MAX_COUNTED_PAGE;
  }

  function variableNamed(name: string): unknown {
    if (Object.hasOwn(variables, name)) return variables[name];
    const fallback = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
    return fallback?.kind === Kind.INT ? Number(fallback.value) : undefined;
  }

  const typeNamed = (name: string | undefined) => (name === undefined ? undefined : schema.getType(name));
  const total = ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  return { ...total, directives: total.directives + (operation.directives?.length ?? 0) };
}

function add(a: Measure, b: Measure): Measure {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    rootFields: a.rootFields + b.rootFields,
    cost: a.cost + b.cost,
  };
}
