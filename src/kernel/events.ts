/** What happened inside this process and interests more than one module. Keys are event names. */
export interface EventMap {
  /** A session ended: its tokens are void and its sockets are to close. */
  session_ended: { readonly userId: string; readonly sessionId: string };
  /** What others see of a user changed. */
  user_changed: { readonly userId: string };
}

/** Listeners by event; each hears every event that is emitted after it began to listen, in order. */
export class Events {
  readonly #listeners: { [E in keyof EventMap]?: Set<(event: EventMap[E]) => void> } = {};

  /** Listens until the returned function is called. */
  on<E extends keyof EventMap>(name: E, listener: (event: EventMap[E]) => void): () => void {
    const set: Set<(event: EventMap[E]) => void> = this.#listeners[name] ?? new Set();
    Object.assign(this.#listeners, { [name]: set });
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Tells every listener, before it returns. */
  emit<E extends keyof EventMap>(name: E, event: EventMap[E]): void {
    for (const listener of this.#listeners[name] ?? []) listener(event);
  }
}
