/** Does one piece of work after the other, in the order in which they are given, whether they succeed or fail. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {}); // who gave the work hears of it
    return turn;
  }
}
