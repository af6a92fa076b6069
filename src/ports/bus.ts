/**
 * Pub/sub between the nodes of one service. A hint, never a record: what it loses, doubles or reorders costs
 * latency and no more.
 */

/** A change of a conversation that has been committed, or something that happens and is not kept. */
export interface BusMessage {
  readonly kind: string;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

export interface Bus {
  /** Tells the subscribers of `topic`, this node's own included. Returns at once and never throws. */
  publish(topic: string, message: BusMessage): void;

  /** Calls `listener` for each message, in the order of arrival. Resolves once messages will arrive. */
  subscribe(topic: string, listener: (message: BusMessage) => void): Promise<Unsubscribe>;

  /** Calls `listener` whenever messages may have been lost, such as after a reconnection. */
  onGap(listener: () => void): Unsubscribe;

  close(): Promise<void>;
}
