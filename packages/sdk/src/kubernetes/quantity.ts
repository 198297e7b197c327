/**
 * An amount as Kubernetes writes it: `10Gi`, `1e3`, `500m`. Exact: kept in billionths, the finest step that Kubernetes keeps.
 *
 * Source: apimachinery pkg/api/resource, quantity.go and suffix.go.
 */
export class Quantity {
  /** The amount times 10^9. */
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  get isPositive(): boolean {
    return this.nanos > 0n;
  }

  /** The whole number, rounded away from zero: bytes of `10Gi`, CPUs of `500m` (1). Go's `Value()`. */
  get value(): bigint {
    return divideAwayFromZero(this.nanos, NANO);
  }

  /** Negative when this amount is the smaller one, 0 when they are equal however they are written, positive otherwise. */
  compare(other: Quantity): -1 | 0 | 1 {
    if (this.nanos === other.nanos) return 0;
    return this.nanos < other.nanos ? -1 : 1;
  }
}

const NANO = 10n ** 9n;
/** The Go type caps binary amounts, and only those, without a word: `8Ei` is one byte less than it says. */
const MAX_BINARY = (2n ** 63n - 1n) * NANO;
/** Beyond any amount there is; a bound, so that nine characters cannot ask for a gigabyte of digits. */
const MAX_EXPONENT = 1000;

const DECIMAL_SI = new Map(["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].map((suffix, i) => [suffix, 3 * i - 9]));
const BINARY_SI = new Map(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, i) => [suffix, 1024n ** BigInt(i + 1)]));

const PATTERN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([A-Za-z]*|[eE][+-]?[0-9]+)$/;

/** The amount that `text` means, or undefined when it is no quantity. What is finer than a billionth is rounded away from zero. */
export function parseQuantity(text: string): Quantity | undefined {
  const [, sign, whole = "", fraction = "", suffix = ""] = PATTERN.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  const nanos = scale(digits, fraction.length, suffix);
  if (nanos === undefined) return undefined;
  return new Quantity(sign === "-" ? -nanos : nanos);
}

function scale(digits: bigint, places: number, suffix: string): bigint | undefined {
  const factor = BINARY_SI.get(suffix);
  if (factor !== undefined) {
    const nanos = divideAwayFromZero(digits * factor * NANO, 10n ** BigInt(places));
    return nanos < MAX_BINARY ? nanos : MAX_BINARY;
  }
  const exponent = /^[eE][+-]?[0-9]+$/.test(suffix) ? Number(suffix.slice(1)) : DECIMAL_SI.get(suffix);
  if (exponent === undefined || Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const shift = exponent + 9 - places;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideAwayFromZero(digits, 10n ** BigInt(-shift));
}

function divideAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (dividend % divisor === 0n) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}
