/** Something of a list, known by its key. */
export interface Keyed {
  readonly key: string;
}

/**
 * Where each thing of a long list stands when only some were ever measured: the others are estimated. Heights and
 * offsets are pixels; a measured height is kept for as long as the object lives, also while its thing is not listed.
 */
export class Heights<T extends Keyed> {
  readonly #estimate: (item: T) => number;
  readonly #measured = new Map<string, number>();
  #items: readonly T[] = [];
  #places = new Map<string, number>();
  /** `#offsets[i]` is the top of item `i`, for the first `#known` + 1 of them; the rest is to be summed up. */
  #offsets = new Float64Array(1);
  #known = 0;

  constructor(estimate: (item: T) => number) {
    this.#estimate = estimate;
  }

  get length(): number {
    return this.#items.length;
  }

  /** The height of all. */
  get total(): number {
    return this.offsetOf(this.length);
  }

  list(items: readonly T[]): void {
    this.#items = items;
    this.#places = new Map(items.map(({ key }, index) => [key, index]));
    this.#offsets = new Float64Array(items.length + 1);
    this.#known = 0;
  }

  /** Takes a height as measured; whether it differs from what was known. */
  measure(key: string, height: number): boolean {
    const place = this.#places.get(key);
    if (place === undefined || this.heightOf(place) === height) return false;
    this.#measured.set(key, height);
    this.#known = Math.min(this.#known, place);
    return true;
  }

  /** The place of a key; -1 when it is not listed. */
  indexOf(key: string): number {
    return this.#places.get(key) ?? -1;
  }

  heightOf(index: number): number {
    const item = this.#items[index];
    return item ? this.#measured.get(item.key) ?? this.#estimate(item) : 0;
  }

  /** The top of an item; of `length`, the height of all. */
  offsetOf(index: number): number {
    const last = Math.min(Math.max(index, 0), this.length);
    for (; this.#known < last; this.#known++) {
      this.#offsets[this.#known + 1] = (this.#offsets[this.#known] ?? 0) + this.heightOf(this.#known);
    }
    return this.#offsets[last] ?? 0;
  }

  /** The item at a height: the last one that begins there or above. */
  indexAt(offset: number): number {
    let [low, high] = [0, Math.max(this.length - 1, 0)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.offsetOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
