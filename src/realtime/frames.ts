import { encodeOnce } from "../kernel/json.ts";
import type { MembersChange, StreamChange } from "../order/changes.ts";
import { readHeads } from "../order/reader.ts";
import type { Conversation, Message } from "../order/records.ts";
import { participantId, participants } from "../order/records.ts";
import type { Store } from "../ports/store.ts";
import type { Connection } from "./connection.ts";
import { encodeChange } from "./protocol.ts";
import type { Frame, Room } from "./room.ts";
import type { Views } from "./views.ts";

/** The conversation as users see it; `undefined` for who is no member. */
type Seen = Map<string, object | undefined>;

type MessageChange = Extract<StreamChange, { message: Message }>;

/** Makes the frames that tell a room of changes. */
export class FrameMaker {
  readonly #store: Store;
  readonly #views: Views;

  constructor(store: Store, views: Views) {
    this.#store = store;
    this.#views = views;
  }

  /**
   * Passes on one frame for each change, in their order, the room then standing at `rev`. They are made once more for
   * those who entered meanwhile where users see different things, and for those from whom it was hidden meanwhile:
   * between the last look and the passing nothing else happens.
   */
  async pass(room: Room, head: Conversation, changes: readonly StreamChange[], rev: number): Promise<void> {
    const seen: Seen = new Map();
    for (;;) {
      const { arrivals, hidings } = room;
      const frames = await this.#make(room, head, changes, seen);
      const shared = frames.every((frame) => typeof frame.text === "string");
      if (room.hidings === hidings && (shared || room.arrivals === arrivals)) return room.pass(frames, rev);
    }
  }

  async #make(
    room: Room,
    head: Conversation,
    changes: readonly StreamChange[],
    seen: Seen,
  ): Promise<Frame[]> {
    const shown = await this.#show(head, changes);
    const frames: Frame[] = [];
    let hidden: ReadonlySet<string> = new Set(room.hidden);
    for (const change of changes) {
      if (change.event === "conversation") {
        frames.push(await this.#conversationFrame(room, head, change, seen));
        continue;
      }
      const data = encodeOnce(shown.get(change.message) ?? {});
      const text = encodeChange(change.event, head.id, change.rev, data);
      if (hidden.size === 0) {
        frames.push({ rev: change.rev, text });
      } else if (change.message.firstRev > (room.position ?? 0)) {
        frames.push(await this.#revealing(room, head, change.rev, text, hidden, seen));
        hidden = new Set();
      } else {
        const from = hidden;
        frames.push({ rev: change.rev, text: ({ userId }) => from.has(userId) ? undefined : text });
      }
    }
    return frames;
  }

  /** Tells everyone here that they have lost the conversation. */
  ending(room: Room, rev: number): Frame {
    const text = encodeChange("conversation_removed", room.conversationId, rev, "{}");
    return { rev, text, leaves: usersOf(room) };
  }

  async #show(head: Conversation, changes: readonly StreamChange[]): Promise<ReadonlyMap<Message, object>> {
    const ofMessages = changes.filter((change): change is MessageChange => change.event !== "conversation");
    if (ofMessages.length === 0) return new Map();
    const records = ofMessages.map((change) => change.message);
    const views = await this.#views.committed(head, records);
    return new Map(records.map((record, index) => [record, views[index] ?? {}]));
  }

  /** The conversation changed: members see it as it is now, those who were removed leave. */
  async #conversationFrame(
    room: Room,
    head: Conversation,
    { rev, members, superseded }: Extract<StreamChange, { event: "conversation" }>,
    seen: Seen,
  ): Promise<Frame> {
    if (head.endedAt !== null) return this.ending(room, rev);
    const leaves = new Set(members?.removed);
    const removed = encodeChange("conversation_removed", head.id, rev, "{}");
    const views = superseded ? new Map<string, object>() : await this.#seenByEach(room, seen);
    const change = members && await this.#describe(members);
    const text = ({ userId }: Connection) => {
      if (leaves.has(userId)) return removed;
      const conversation = views.get(userId);
      const data = { conversation, ...(change && { participants: change }) };
      return conversation && encodeChange("conversation_updated", head.id, rev, JSON.stringify(data));
    };
    return { rev, text, leaves };
  }

  /** What is said anew brings a direct conversation back to those from whom it was hidden. */
  async #revealing(
    room: Room,
    head: Conversation,
    rev: number,
    text: string,
    hidden: ReadonlySet<string>,
    seen: Seen,
  ): Promise<Frame> {
    const views = await this.#seenByEach(room, seen);
    return {
      rev,
      reveals: true,
      text: ({ userId }) => {
        const conversation = hidden.has(userId) ? views.get(userId) : undefined;
        if (!conversation) return text;
        return `${
          encodeChange("conversation_added", head.id, rev - 1, JSON.stringify({ conversation }))
        }\n${text}`;
      },
    };
  }

  /** The conversation as each member who is connected here sees it; `seen` keeps those who were asked for before. */
  async #seenByEach(room: Room, seen: Seen): Promise<Seen> {
    const missing = [...usersOf(room)].filter((userId) => !seen.has(userId));
    const [head] = missing.length > 0 ? await readHeads(this.#store, [room.conversationId]) : [];
    if (!head) return seen;
    const ids = missing.map((userId) => participantId(head.id, userId));
    const found = await this.#store.find(participants, { where: { id: { in: ids }, left: false } }, [head]);
    const views = await this.#views.conversations(found.map((participant) => ({ head, participant })));
    for (const userId of missing) seen.set(userId, undefined);
    found.forEach(({ userId }, index) => seen.set(userId, views[index]));
    return seen;
  }

  async #describe({ added, removed, changed }: MembersChange): Promise<object | undefined> {
    if (added.length + removed.length + changed.length === 0) return undefined;
    return {
      added: await this.#views.participants(added),
      removed,
      changed: await this.#views.participants(changed),
    };
  }
}

/** The users who are connected here. */
export function usersOf(room: Room): ReadonlySet<string> {
  return new Set([...room.connections()].map(({ userId }) => userId));
}
