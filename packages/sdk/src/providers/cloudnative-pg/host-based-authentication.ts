/**
 * The operator's own last rule is `host all all all scram-sha-256`, which takes plaintext connections. This line stands before it and before
 * the caller's, so none gets in.
 */
export const REJECT_PLAINTEXT = "hostnossl all all all reject";
