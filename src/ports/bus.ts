/**
 * Pub/sub between the nodes of one service. A hint, never a record: what it loses, doubles or reorders costs
 * latency and no more.
 */

/**
 * A change of a conversation that has been committed, or something that happens and is not kept. Plain data as JSON
 * has it: other nodes get a copy, listeners of this node the object itself, which nobody changes any more.
 */
export interface BusMessage {
  readonly kind: string;
}

/** Ends a subscription; calling it twice is harmless. Nothing is delivered to its listener afterwards. */
export type Unsubscribe = () => void;

/** What a bus has done since it was opened, and how it stands. */
export interface BusStats {
  /** Topics that are subscribed here now. */
  readonly topics: number;
  /** Messages handed over to be carried to other nodes. */
  readonly published: number;
  /** Messages that came from other nodes. */
  readonly received: number;
  /** Messages of this node that did not, or perhaps did not, reach the other ones. */
  readonly dropped: number;
  /** Times that `onGap` listeners were called. */
  readonly gaps: number;
  /** Whether other nodes can be heard. */
  readonly connected: boolean;
}

export interface Bus {
  /**
   * Tells the subscribers of `topic`: this node's own before it returns, other nodes' later, each at most once as a
   * rule. Returns at once and never throws, also while other nodes cannot be reached: what cannot be carried then, or
   * does not fit into the bounded outbox, is dropped, and the nodes that missed it are told of a gap.
   */
  publish(topic: string, message: BusMessage): void;

  /**
   * Calls `listener` for each message, in the order of arrival; the messages of one node arrive in the order in which
   * they were published. A listener that throws is logged and disturbs nobody.
   *
   * Resolves once the messages of all nodes will arrive. While other nodes cannot be reached it resolves all the same,
   * within 3 s: those of this node arrive, and `onGap` is called when the others' do.
   */
  subscribe(topic: string, listener: (message: BusMessage) => void): Promise<Unsubscribe>;

  /**
   * Calls `listener` whenever messages of other nodes may have been lost, once they arrive again: after a
   * reconnection, a stall, or what another node had to drop. Such events that follow closely are told as one.
   */
  onGap(listener: () => void): Unsubscribe;

  /** Gives out what waits, ends all subscriptions, and calls no listener any more. */
  close(): Promise<void>;
}

/** A bus that tells how it fares. */
export interface ObservedBus extends Bus {
  stats(): BusStats;
}
