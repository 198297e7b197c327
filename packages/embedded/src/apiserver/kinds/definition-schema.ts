import type { JsonSchema } from "../resource-definition.js";
import { ANYTHING, BOOLEAN, CONDITIONS, INTEGER, listOf, objectOf, STRING } from "./object-schema.js";

const NAMES = objectOf({
  plural: STRING,
  singular: STRING,
  kind: STRING,
  listKind: STRING,
  shortNames: listOf(STRING),
  categories: listOf(STRING),
});

/** Source: apiextensions-apiserver/pkg/apis/apiextensions/v1/types.go. A schema inside is checked by `structuralProblems`. */
export const DEFINITION_SCHEMA: JsonSchema = objectOf({
  spec: objectOf({
    group: STRING,
    scope: STRING,
    names: NAMES,
    preserveUnknownFields: BOOLEAN,
    conversion: ANYTHING,
    versions: listOf(
      objectOf({
        name: STRING,
        served: BOOLEAN,
        storage: BOOLEAN,
        deprecated: BOOLEAN,
        deprecationWarning: STRING,
        schema: objectOf({ openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }),
        subresources: objectOf({
          status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          scale: objectOf({ specReplicasPath: STRING, statusReplicasPath: STRING, labelSelectorPath: STRING }),
        }),
        additionalPrinterColumns: listOf(
          objectOf({
            name: STRING,
            type: STRING,
            format: STRING,
            description: STRING,
            priority: INTEGER,
            jsonPath: STRING,
          }),
        ),
        selectableFields: listOf(objectOf({ jsonPath: STRING })),
      }),
    ),
  }),
  status: objectOf({ acceptedNames: NAMES, storedVersions: listOf(STRING), conditions: CONDITIONS }),
});
