/** Who asks. Kinds never share a name space: a user and a service identity of one name are two subjects. */
export interface Subject {
  readonly kind: "user" | "serviceIdentity";
  /** Who vouches for the name: the token's `iss`, or `""` for a subject made in this process. */
  readonly issuer: string;
  readonly name: string;
}

/**
 * A subject and what it was granted. Build it from verified claims (the gateway does) or, in a program of your own, by hand.
 * An empty grant means nothing at all: there is no "empty means everything".
 */
export interface Principal {
  readonly subject: Subject;
  /** Role names by namespace. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
  /** Role names that hold in every namespace. */
  readonly account: readonly string[];
  /** After this instant every call is `unauthenticated` and every stream ends. Absent: never. */
  readonly expiresAt?: Date | undefined;
}

/** One string a subject, injective: no issuer or name, however odd, can be mistaken for another. */
export function subjectKey({ kind, issuer, name }: Subject): string {
  return JSON.stringify([kind, issuer, name]);
}
