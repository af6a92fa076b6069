/** Work that has begun and not ended, each piece with what it is about. */
export class InFlight<About = void> {
  readonly #begun = new Map<Promise<unknown>, About>();

  /** Keeps `work` until it ends. */
  add<T>(work: Promise<T>, about: About): Promise<T> {
    this.#begun.set(work, about);
    const end = () => void this.#begun.delete(work);
    work.then(end, end);
    return work;
  }

  /** Resolves when all that `concerns` says yes to, or all there is, has ended, well or not. */
  async settled(concerns: (about: About) => boolean = () => true): Promise<void> {
    if (this.#begun.size === 0) return;
    const works = [...this.#begun].filter(([, about]) => concerns(about));
    await Promise.allSettled(works.map(([work]) => work));
  }
}
