const DAY_MS = 24 * 60 * 60 * 1000;
/** Backdated by this, so that a peer whose clock is a little behind takes the certificate at once. CloudNativePG does the same. */
const SKEW_MS = 5 * 60 * 1000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** From just before `now` for `days`, but never beyond `limit`: a certificate that outlives its authority cannot be verified. */
export function validityOf(days: number, now: Date, limit?: Date): Validity {
  if (!(days > 0 && Number.isFinite(days))) throw new RangeError(`days must be greater than 0, not ${days}`);
  const wanted = now.getTime() + days * DAY_MS;
  const notAfter = new Date(limit === undefined ? wanted : Math.min(wanted, limit.getTime()));
  if (notAfter.getTime() <= now.getTime())
    throw new RangeError("The certificate authority has expired; renew it first");
  return { notBefore: new Date(now.getTime() - SKEW_MS), notAfter };
}
