import type { Admission } from "../../apiserver/admission.js";
import { FINALIZER } from "./cluster-object.js";

/**
 * Puts the operator's finalizer on each new `Cluster`, so that none can vanish before its server has been removed, without a write of its
 * own. Only for a plane on which the operator runs: elsewhere nobody would take it off, and the real operator has none.
 */
export const holdForRemoval = {
  mutate({ object }) {
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined || finalizers.includes(FINALIZER)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, FINALIZER] } };
  },
} satisfies Admission;
