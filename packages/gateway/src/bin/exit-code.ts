/** What scripts can branch on. Listed in `tenantry --help`. */
export const EXIT_CODES = {
  /** Done, or stopped as asked (Ctrl-C, SIGTERM). */
  ok: 0,
  /** It could not start or failed; the last line on stderr says why and what to do. */
  failed: 1,
  /** The command line or the configuration file is wrong. */
  usage: 2,
  /** A second Ctrl-C ended it before everything had stopped. */
  forced: 130,
} as const;
