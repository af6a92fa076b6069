import { ParleyError } from "../../../kernel/errors.ts";
import { Damaged } from "./damaged.ts";

/** Pixels of a picture at most: whoever opens it has to hold them all. */
export const MAX_PIXELS = 50_000_000;
/** Parts of a picture at most: millions that hold nothing would keep whoever reads them busy for long. */
const MAX_PARTS = 100_000;

/** Throws `picture_too_large`. */
export function limitPixels(width: number, height: number): void {
  if (width * height > MAX_PIXELS) throw new ParleyError("picture_too_large");
}

/** Counts the parts of one picture. */
export class Parts {
  #count = 0;

  /** To be called for each. Throws `Damaged` when there are too many. */
  next(): void {
    if (++this.#count > MAX_PARTS) throw new Damaged();
  }
}
