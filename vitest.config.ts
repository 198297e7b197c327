import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run on the sources: the packages' own `@tenantry/source` export condition comes first.
  resolve: {
    conditions: ["@tenantry/source"],
    // graphql 16 has two entries: Node takes this one, Vite would take index.mjs, and two copies do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }],
  },
  ssr: { resolve: { conditions: ["@tenantry/source"] } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
