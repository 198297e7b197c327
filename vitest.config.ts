import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run on the sources: the packages' own `@tenantry/source` export condition comes first.
  resolve: { conditions: ["@tenantry/source"] },
  ssr: { resolve: { conditions: ["@tenantry/source"] } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
