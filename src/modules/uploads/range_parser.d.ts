/** Types of the package `range-parser`, which has JavaScript only; as far as they are used. */

interface Ranges extends Array<{ start: number; end: number }> {
  /** The unit. */
  type: string;
}

/** -1 when none of the ranges can be satisfied, -2 when the header is malformed. */
export default function parseRange(
  size: number,
  header: string,
  options?: { readonly combine?: boolean },
): Ranges | -1 | -2;
