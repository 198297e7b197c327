import { ERROR_CODES, type ErrorCode } from "./error-code.js";

/** The object an error is about. */
export interface ResourceRef {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** One rejected field: where it is, what is wrong with it and what would be accepted. */
export interface FieldViolation {
  /** Path in the caller's own input, for example `storage.size`. */
  readonly field: string;
  /** What is wrong and how to mend it. */
  readonly message: string;
  /** Kubernetes' cause type, verbatim, where there is one: `FieldValueInvalid`. */
  readonly reason?: string | undefined;
}

export interface TenantryErrorOptions {
  readonly cause?: unknown;
  readonly reason?: string | undefined;
  readonly resource?: ResourceRef | undefined;
  readonly violations?: readonly FieldViolation[] | undefined;
  readonly retryAfterMs?: number | undefined;
}

const BRAND = Symbol.for("@tenantry/sdk/error");

/** The one error the SDK throws. Branch on `code`, never on `message`. Carries no Secret, token or URI. */
export class TenantryError extends Error {
  override readonly name = "TenantryError";
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  /** Kubernetes `Status.reason` verbatim, or a CamelCase word of our own that narrows the code. */
  readonly reason: string | undefined;
  readonly resource: ResourceRef | undefined;
  /** For `invalid_argument`: one entry a rejected field. Empty otherwise. */
  readonly violations: readonly FieldViolation[];
  /** What the server asked the caller to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: TenantryErrorOptions = {}) {
    super(`[${code}] ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.resource = options.resource;
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }

  get httpStatus(): number {
    return ERROR_CODES[this.code].httpStatus;
  }

  /** Whether waiting may help. Repeating is safe for get, list, apply and delete by `uid`: retry checks that too. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** Holds across duplicate copies of the package, where `instanceof` does not. */
export function isTenantryError(error: unknown): error is TenantryError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** An `invalid_argument` about one field of the caller's input. */
export function invalidArgument(field: string, message: string, options: TenantryErrorOptions = {}): TenantryError {
  return new TenantryError("invalid_argument", `${field}: ${message}`, {
    ...options,
    violations: [{ field, message }],
  });
}
