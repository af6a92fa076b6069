import { encodeOnce } from "../kernel/json.ts";
import type { MembersChange, StreamChange } from "../order/changes.ts";
import { readHeads } from "../order/reader.ts";
import type { Conversation, Message } from "../order/records.ts";
import { participantId, participants } from "../order/records.ts";
import { StoreUnavailable } from "../ports/store.ts";
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
    const hidden = new Map(room.hidden);
    for (const change of changes) {
      if (change.event === "conversation") {
        frames.push(await this.#conversationFrame(room, head, change, seen, new Set(hidden.keys())));
        continue;
      }
      const data = encodeOnce(shown.get(change.message) ?? {});
      const text = encodeChange(change.event, head.id, change.rev, data);
      const frame = { rev: change.rev, text, firstRev: change.message.firstRev };
      frames.push(hidden.size === 0 ? frame : await this.#whileHidden(room, head, frame, hidden, seen));
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

  /** The conversation changed: members see it as it is now, but `still` not, and those who were removed leave. */
  async #conversationFrame(
    room: Room,
    head: Conversation,
    { rev, members, superseded }: Extract<StreamChange, { event: "conversation" }>,
    seen: Seen,
    still: ReadonlySet<string>,
  ): Promise<Frame> {
    if (head.endedAt !== null) return this.ending(room, rev);
    const leaves = new Set(members?.removed);
    const removed = encodeChange("conversation_removed", head.id, rev, "{}");
    const views = superseded ? new Map<string, object>() : await this.#seenByEach(room, seen);
    const change = members && await this.#describe(members);
    const text = ({ userId }: Connection) => {
      if (leaves.has(userId)) return removed;
      if (still.has(userId)) return undefined;
      const conversation = views.get(userId);
      const data = { conversation, ...(change && { participants: change }) };
      return conversation && encodeChange("conversation_updated", head.id, rev, JSON.stringify(data));
    };
    return { rev, text, leaves };
  }

  /** A hidden conversation says nothing to its user, until a message that came to be later brings it back. */
  async #whileHidden(
    room: Room,
    head: Conversation,
    { rev, text, firstRev }: { readonly rev: number; readonly text: string; readonly firstRev: number },
    hidden: Map<string, number>,
    seen: Seen,
  ): Promise<Frame> {
    const reveals = new Set([...hidden].filter(([, since]) => firstRev > since).map(([userId]) => userId));
    for (const userId of reveals) hidden.delete(userId);
    const still = new Set(hidden.keys());
    const views = reveals.size > 0 ? await this.#seenByEach(room, seen) : seen;
    return {
      rev,
      firstRev,
      reveals,
      text: ({ userId }) => {
        if (still.has(userId)) return undefined;
        const conversation = reveals.has(userId) ? views.get(userId) : undefined;
        return conversation
          ? `${
            encodeChange("conversation_added", head.id, rev - 1, JSON.stringify({ conversation }))
          }\n${text}`
          : text;
      },
    };
  }

  /** The conversation as each member who is connected here sees it; `seen` keeps those who were asked for before. */
  async #seenByEach(room: Room, seen: Seen): Promise<Seen> {
    const missing = [...usersOf(room)].filter((userId) => !seen.has(userId));
    const [head] = missing.length > 0 ? await readHeads(this.#store, [room.conversationId]) : [];
    if (!head) return seen;
    // A newly elected primary may not know yet what a majority has told the writer of the change that is shown.
    if (head.rev < (room.head?.rev ?? 0)) throw new StoreUnavailable("the store is behind a hint");
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
