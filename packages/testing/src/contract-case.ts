/** One promise that every implementation of a seam keeps. Plain data, so that any test runner can run it. */
export interface ContractCase<Subject, Lane = undefined> {
  /** A sentence that continues "the transport ...". */
  readonly name: string;
  /** Rejects, with an assertion error, when the promise is broken. */
  run(subject: Subject, lane?: Lane): Promise<void>;
}
