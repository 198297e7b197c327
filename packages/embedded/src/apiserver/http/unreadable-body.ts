/** Why a body cannot be read, in words of ours that repeat none of it: it may be a Secret. */
export class UnreadableBody extends Error {
  override readonly name = "UnreadableBody";
}
