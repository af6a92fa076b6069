import type { Message } from "../../src/order/records.ts";

/** What came to a user's client, and at which `rev`. */
export interface Received {
  readonly userId: string;
  readonly event: string;
  readonly rev: number;
  /** When it came, in milliseconds of the run. */
  readonly at: number;
}

/** What the callers and readers of a run were told, and every promise that was seen to be broken. */
export class Ledger {
  readonly faults: string[] = [];
  readonly received: Received[] = [];
  /** The message that each `clientId` was answered with first. */
  readonly acknowledged = new Map<string, Message>();
  /** The newest state of each message that a caller was answered with. */
  readonly changed = new Map<string, Message>();
  /** What each message was at each `rev`, whoever said so. */
  readonly #states = new Map<string, string>();

  fault(text: string): void {
    this.faults.push(text);
  }

  sent(clientId: string, message: Message): void {
    const first = this.acknowledged.get(clientId);
    if (first && first.id !== message.id) this.fault(`${clientId} is ${first.id} and ${message.id}`);
    if (!first) this.acknowledged.set(clientId, message);
    this.answered(message);
  }

  answered(message: Message): void {
    this.saw(message);
    const known = this.changed.get(message.id);
    if (!known || known.rev < message.rev) this.changed.set(message.id, message);
  }

  /** Notes a state; one `rev` of a message has one. */
  saw(message: Message): void {
    const key = `${message.id}@${message.rev}`;
    const state = stateOf(message);
    const known = this.#states.get(key);
    if (known !== undefined && known !== state) this.fault(`${key} is ${known} and ${state}`);
    this.#states.set(key, state);
  }
}

/** What readers must agree on of a message. */
export function stateOf(message: Message): string {
  const { id, seq, rev, firstRev, clientId, content, reactions, isDeleted } = message;
  const reacted = reactions.map(({ userId, emoji }) => `${userId}${emoji}`);
  return JSON.stringify([id, seq, rev, firstRev, clientId, content.text, reacted, isDeleted]);
}
