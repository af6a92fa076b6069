import type { Conversation } from "../../src/order/records.ts";
import { Connection } from "../../src/realtime/connection.ts";
import type { Transport } from "../../src/realtime/transport.ts";
import { Turn } from "../../src/realtime/turn.ts";

/** A socket that keeps what it is sent. */
export class FakeTransport implements Transport {
  bufferedAmount = 0;
  readonly frames: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  #sent: () => void = () => {};

  send(text: string): void {
    this.frames.push(text);
    this.#sent();
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  drop(code: number, reason: string): void {
    this.close(code, reason);
  }

  /** The envelopes that were sent. */
  // deno-lint-ignore no-explicit-any -- tests look into envelopes of every shape
  get sent(): any[] {
    return this.frames.flatMap((frame) => frame.split("\n")).map((line) => JSON.parse(line));
  }

  /** Resolves once `count` envelopes were sent in all. */
  async until(count: number): Promise<void> {
    while (this.sent.length < count) await new Promise<void>((resolve) => this.#sent = resolve);
  }
}

/** A connection of a user, live from the start, and its transport. */
export function liveConnection(
  userId: string,
  turn: Turn = new Turn(),
  onEnd: (connection: Connection) => void = () => {},
): { connection: Connection; transport: FakeTransport } {
  const transport = new FakeTransport();
  const principal = { userId, sessionId: `s-${userId}`, role: "user", expiresAt: Infinity } as const;
  const id = crypto.randomUUID();
  const connection = new Connection(id, principal, 0, transport, turn, onEnd);
  connection.state = "live";
  return { connection, transport };
}

/** A head at a `rev`. */
export function headAt(rev: number, more: Partial<Conversation> = {}): Conversation {
  return {
    id: "c",
    type: "group",
    name: "Tea",
    description: null,
    settings: { isPublic: false, allowInvites: false, maxParticipants: 100, messageRetention: 0 },
    publicName: null,
    retentionDays: 0,
    rev,
    seq: rev,
    firstSeq: 1,
    memberCount: 2,
    adminCount: 1,
    infoRev: 0,
    membersRev: 0,
    mark: "",
    endedAt: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...more,
  };
}
