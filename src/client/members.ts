import type { Reach } from "./local_messages.ts";
import type { MembersChange } from "./protocol.ts";
import type { Receipt } from "./types.ts";
import type { Participant } from "./wire.ts";

/** Who is in a conversation, as far as loaded, and how far the others have come. */
export class Members {
  participants: readonly Participant[] = [];
  receipts: ReadonlyMap<string, Receipt> = new Map();
  readonly #me: string;
  /** The change up to which `participants` are right. */
  #rev = -1;

  constructor(me: string) {
    this.#me = me;
  }

  /** Up to where any of the others has come. */
  get reach(): Reach {
    let [read, delivered] = [0, 0];
    for (const { lastReadSeq, lastDeliveredSeq } of this.receipts.values()) {
      read = Math.max(read, lastReadSeq);
      delivered = Math.max(delivered, lastDeliveredSeq);
    }
    return { read, delivered };
  }

  /** Takes the members as they were at `rev`. */
  replace(participants: readonly Participant[], rev: number): void {
    if (rev < this.#rev) return;
    this.#rev = rev;
    this.participants = participants;
    const ids = new Set(participants.map(({ userId }) => userId));
    this.receipts = new Map([...this.receipts].filter(([userId]) => ids.has(userId)));
    for (const participant of participants) this.receive(participant);
  }

  /** Takes in who came, went and changed at `rev`. */
  change({ added, removed, changed }: MembersChange, rev: number): void {
    if (rev <= this.#rev || this.#rev < 0) return;
    const all = new Map(
      [...this.participants, ...changed, ...added].map((member) => [member.userId, member]),
    );
    for (const userId of removed) all.delete(userId);
    this.replace([...all.values()], rev);
  }

  /** Someone has come further; answers whether that is news. */
  receive(told: { readonly userId: string } & Partial<Receipt>): boolean {
    const { userId, lastReadSeq = 0, lastDeliveredSeq = 0 } = told;
    if (userId === this.#me) return false;
    const known = this.receipts.get(userId);
    const read = Math.max(lastReadSeq, known?.lastReadSeq ?? 0);
    const delivered = Math.max(read, lastDeliveredSeq, known?.lastDeliveredSeq ?? 0);
    if (known && known.lastReadSeq === read && known.lastDeliveredSeq === delivered) return false;
    this.receipts = new Map(this.receipts).set(userId, { lastReadSeq: read, lastDeliveredSeq: delivered });
    return true;
  }
}
