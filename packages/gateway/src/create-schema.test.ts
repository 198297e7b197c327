import { printSchema } from "graphql";
import { expect, test } from "vitest";
import { createSchema } from "./create-schema.js";

test("is the committed schema.graphql; after a wanted change, run this test with -u", async () => {
  await expect(`${printSchema(createSchema())}\n`).toMatchFileSnapshot("../schema.graphql");
});
