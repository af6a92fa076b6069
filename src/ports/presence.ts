/** Who is connected, by leases that end with the node that holds them. */
export interface PresenceStore {
  /** Takes a lease for a connection. Answers whether it is the user's first. */
  acquire(userId: string, connectionId: string): Promise<boolean>;
  /** Gives a lease back. Answers whether it was the user's last. */
  release(userId: string, connectionId: string): Promise<boolean>;
  /** Renews all leases of this node, in one batch. */
  renew(leases: Iterable<readonly [userId: string, connectionId: string]>): Promise<void>;
  /** Those of `userIds` that hold a lease. */
  online(userIds: readonly string[]): Promise<Set<string>>;
  close(): Promise<void>;
}
