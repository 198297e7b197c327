import type { Transport } from "@tenantry/sdk";
import { afterEach, beforeEach } from "vitest";
import type { Admission } from "../../src/apiserver/admission.js";
import type { ApiServer } from "../../src/apiserver/api-server.js";
import { createApiServer } from "../../src/apiserver/create-api-server.js";
import { createMemoryStore } from "../../src/store/memory.js";
import type { Store } from "../../src/store/store.js";

interface Fixture {
  store: Store;
  server: ApiServer;
  /** The server's own. */
  transport: Transport;
  /** Empty at first. What a test adds holds from the next write of the definition. */
  admissions: Record<string, readonly Admission[]>;
}

/** An API server on an empty memory store, a new one for each test, closed after it. */
export function useApiServer(): Fixture {
  const fixture = {} as Fixture;
  beforeEach(async () => {
    fixture.store = createMemoryStore();
    fixture.admissions = {};
    fixture.server = await createApiServer({ store: fixture.store, admissions: fixture.admissions });
    fixture.transport = fixture.server.transport;
  });
  afterEach(() => fixture.server.close());
  return fixture;
}
