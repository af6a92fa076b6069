/** Work that has begun and not ended. */
export class InFlight {
  readonly #begun = new Map<Promise<unknown>, ReadonlySet<string>>();

  /** Keeps `work` until it ends; `names` tell what it is about. */
  add<T>(work: Promise<T>, names: Iterable<string> = []): Promise<T> {
    this.#begun.set(work, new Set(names));
    const end = () => void this.#begun.delete(work);
    work.then(end, end);
    return work;
  }

  /** Resolves when all that is about `name`, or all there is, has ended, well or not. */
  async settled(name?: string): Promise<void> {
    if (this.#begun.size === 0) return;
    const works = [...this.#begun].filter(([, names]) => name === undefined || names.has(name));
    await Promise.allSettled(works.map(([work]) => work));
  }
}
