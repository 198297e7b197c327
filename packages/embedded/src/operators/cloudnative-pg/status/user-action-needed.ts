/** The operator cannot go on before a person mends something. The message is shown; it holds no Secret value. */
export class UserActionNeeded extends Error {
  override readonly name = "UserActionNeeded";
}
