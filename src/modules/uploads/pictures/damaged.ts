/** A picture is not what its format says. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}
