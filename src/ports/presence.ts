/**
 * Who is connected, by leases: one for each connection, held by the node that has it. A lease that is not renewed
 * ends by itself, at most 60 s after its node's last sign of life, so that the users of a dead node do not stay.
 *
 * No call rejects or waits longer than 3 s. While what the nodes share cannot be reached, a node answers from its own
 * leases, and the next `renew` brings them back to where all see them.
 */
export interface PresenceStore {
  /** Takes a lease for a connection. Answers whether the user had none: of several at once one is the first. */
  acquire(userId: string, connectionId: string): Promise<boolean>;

  /** Gives a lease back, if it is still held. Answers whether the user has none left: of several at once one is the last. */
  release(userId: string, connectionId: string): Promise<boolean>;

  /**
   * Renews all leases of this node, in one batch, also those that ended meanwhile. To be called every 20 s: two calls
   * in a row may fail before a lease ends.
   */
  renew(leases: Iterable<readonly [userId: string, connectionId: string]>): Promise<void>;

  /** Those of `userIds` that hold a lease. */
  online(userIds: readonly string[]): Promise<Set<string>>;

  /**
   * Users whose last lease ended by itself since the last call of any node, up to 500. Each is told to one caller,
   * which is to tell others that the user is gone.
   */
  lapsed(): Promise<string[]>;

  close(): Promise<void>;
}
