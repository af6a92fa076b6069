import { LocalMessages } from "./local_messages.ts";
import { Members } from "./members.ts";
import type { Joined, ReceiptData, SyncData, UpdateData } from "./protocol.ts";
import type { Services } from "./services.ts";
import { Timeline } from "./timeline.ts";
import type { LocalMessage } from "./types.ts";
import { Passing } from "./passing.ts";
import { afterMessage, readTo } from "./view.ts";
import type { ConversationView, MessageView, Participant } from "./wire.ts";

/** A conversation as it is kept: the cursor and what it stands for in one piece, so that neither is ahead. */
export interface KeptChat {
  readonly view: ConversationView;
  /** None before the server has told of the conversation. */
  readonly cursor?: Cursor | undefined;
  readonly participants: readonly Participant[];
  readonly messages: readonly MessageView[];
  /** How far messages have been told. */
  readonly toldSeq: number;
  /** How far the user has read, where the server may not know. */
  readonly unsettled?: number | undefined;
}

/** The last `rev` that was told of a conversation, and the history that it is of. */
export interface Cursor {
  readonly epoch: string;
  readonly rev: number;
}

/** Messages that are kept for reading offline; of a closed conversation no more than twice as many are in memory. */
const KEPT_MESSAGES = 200;
/** Who is never said to have stopped has stopped after this. */
const TYPING_ENDS_MS = 30_000;

/** What is known of one conversation, as it was told. Nothing here waits for the server. */
export class ChatState {
  readonly timeline: Timeline;
  members: Members;
  /** The ids of those who type. */
  readonly typists: Passing<string>;
  view: ConversationView;
  /** None before the server has told of the conversation: only what it tells unasked moves it. */
  cursor: Cursor | undefined;
  /** Whether the user looks at it: then all that was loaded stays. */
  isOpen = false;
  /** Whether the members may have changed since they were loaded. */
  membersOutdated = true;
  readonly #services: Services;
  readonly #locals = new LocalMessages();
  #toldSeq: number;
  /** Messages wait to be told until older ones are loaded. */
  #isHolding = false;

  constructor(services: Services, kept: KeptChat) {
    const { view, cursor, participants, messages, toldSeq, unsettled = 0 } = kept;
    this.#services = services;
    this.view = view;
    this.cursor = cursor;
    this.#toldSeq = toldSeq;
    this.timeline = new Timeline(messages);
    this.timeline.bound(view.firstSeq, view.seq);
    this.members = new Members(services.me.id);
    this.members.replace(view.participants ?? participants, view.rev);
    this.typists = new Passing(services.clock, TYPING_ENDS_MS, () => services.changed("typing", view.id));
    services.marks.mark("mark_read", view.id, unsettled);
  }

  get id(): string {
    return this.view.id;
  }

  /** What is to be kept. */
  get kept(): KeptChat {
    const { view, cursor, members: { participants } } = this;
    const messages = this.timeline.newest.slice(-KEPT_MESSAGES);
    const unsettled = this.#services.marks.unsettled(this.id);
    return { view, cursor, participants, messages, toldSeq: this.#toldSeq, unsettled };
  }

  /** What is shown: the loaded stretch, then what is on its way. */
  get messages(): readonly LocalMessage[] {
    const { outbox, me } = this.#services;
    const { timeline, members } = this;
    const pending = outbox.of(this.id);
    // What is stored already has its place among those that are not loaded.
    const shown = timeline.hasNewer ? pending.filter(({ state }) => state !== "sent") : pending;
    return this.#locals.show(timeline.shown, shown, me.id, members.reach);
  }

  /** Whether there are messages of which nobody has been told. */
  get isUntold(): boolean {
    return this.#toldSeq < this.view.seq;
  }

  /**
   * Begins anew at a cursor: the conversation is new to this client, or too much was missed. What is there already
   * is not news, but for what the user has not read when `tells`.
   */
  begin(view: ConversationView, cursor: Cursor, tells: boolean): void {
    // One that the user has just made or joined was never told of: its members are those of the answer.
    if (this.cursor) this.members = new Members(this.#services.me.id);
    this.cursor = cursor;
    this.#toldSeq = tells ? view.lastReadSeq : view.seq;
    this.timeline.reset(view.firstSeq, view.seq);
    this.#services.outbox.remove(this.id, ({ state }) => state === "sent");
    this.#takeHead(view);
    this.#changed("messages");
    this.#deliver();
  }

  /** What changed while the client was away. */
  sync({ changes, conversation }: SyncData, cursor: Cursor): void {
    this.cursor = cursor;
    this.#takeMessages(changes);
    if (conversation.rev >= this.view.rev) this.#takeHead(conversation);
    for (const message of changes) this.#tell(message);
    this.#deliver();
  }

  messageTold(message: MessageView, cursor: Cursor): void {
    if (this.#isOld(cursor)) return;
    this.cursor = cursor;
    this.#takeMessages([message]);
    this.#show(afterMessage(this.view, message, cursor.rev, this.#services.me.id));
    this.#tell(message);
    this.#deliver();
  }

  updated({ conversation, participants }: UpdateData, cursor: Cursor): void {
    if (this.#isOld(cursor)) return;
    this.cursor = cursor;
    if (participants) this.members.change(participants, cursor.rev);
    if (conversation.rev >= this.view.rev) this.#takeHead(conversation, false);
  }

  receipt(event: "messages_read" | "messages_delivered", { userId, seq }: ReceiptData): void {
    const isRead = event === "messages_read";
    if (userId !== this.#services.me.id) {
      this.joined({ participants: [{ userId, lastReadSeq: isRead ? seq : 0, lastDeliveredSeq: seq }] });
    } else if (isRead) this.#show(readTo(this.view, seq));
  }

  typed(userId: string, isTyping: boolean): void {
    this.typists.set(userId, isTyping ? userId : undefined);
  }

  /** Takes in how far members have come. */
  joined({ participants }: Pick<Joined, "participants">): void {
    for (const participant of participants) this.members.receive(participant);
    this.#services.changed("receipts", this.id);
    this.#changed("messages");
  }

  /** Takes in an answer of REST, which may be ahead of what was told, or behind. */
  learn(view: ConversationView): void {
    if (view.participants) this.members.replace(view.participants, view.rev);
    if (view.rev >= this.view.rev) this.#takeHead(view, false);
    else this.#show(readTo(this.view, view.lastReadSeq));
    this.#changed("conversation");
  }

  /** Takes in a message of an answer; answers whether it has found its place. */
  learnMessage(message: MessageView): boolean {
    const isKnown = this.timeline.learn(message);
    if (isKnown) this.#changed("messages");
    return isKnown;
  }

  /** Everything up to `seq`, the newest message unless given, is read. */
  markRead(seq = this.view.seq): void {
    const upTo = Math.min(seq, this.view.seq);
    if (upTo <= this.view.lastReadSeq) return;
    this.#services.marks.mark("mark_read", this.id, upTo);
    this.#show(readTo(this.view, upTo));
  }

  /** Tells of the messages of which nobody has been told, as `load` brings them, and of those that come meanwhile. */
  async tellMissed(load: () => Promise<void>): Promise<void> {
    if (this.#isHolding) return;
    this.#isHolding = true;
    await load().finally(() => this.#isHolding = false);
    for (const message of this.timeline.newest) this.#tell(message);
  }

  /** The user has left: the newest messages are shown when it is opened again. */
  closed(): void {
    this.isOpen = false;
    this.timeline.leave(KEPT_MESSAGES);
    this.#services.changed("messages", this.id);
  }

  #isOld({ rev }: Cursor): boolean {
    return this.cursor === undefined || rev <= this.cursor.rev;
  }

  #takeMessages(messages: readonly MessageView[]): void {
    const { outbox, me } = this.#services;
    this.timeline.apply(messages);
    for (const { senderId, clientId, seq } of messages) {
      if (senderId === me.id) outbox.remove(this.id, (local) => local.clientId === clientId);
      // Who writes has read everything before.
      else if (this.members.receive({ userId: senderId, lastReadSeq: seq })) {
        this.#services.changed("receipts", this.id);
      }
    }
    if (!this.isOpen) this.timeline.cut(KEPT_MESSAGES);
    this.#changed("messages");
  }

  #takeHead(view: ConversationView, membersOutdated = true): void {
    this.timeline.bound(view.firstSeq, view.seq);
    if (view.participants) this.members.replace(view.participants, view.rev);
    else if (membersOutdated) this.membersOutdated = true;
    const unsettled = this.#services.marks.unsettled(this.id) ?? 0;
    this.#show(readTo(view, unsettled));
    this.#changed("conversation");
  }

  #tell(message: MessageView): void {
    if (message.seq <= this.#toldSeq || this.#isHolding) return;
    this.#toldSeq = message.seq;
    if (!message.isDeleted) this.#services.said(message);
  }

  /** What has come has been received. */
  #deliver(): void {
    const { seq, lastReadSeq } = this.view;
    if (seq > lastReadSeq) this.#services.marks.mark("mark_delivered", this.id, seq);
  }

  #show(view: ConversationView): void {
    if (view === this.view) return;
    this.view = view;
    this.#changed("conversations");
  }

  #changed(event: "conversations" | "conversation" | "messages"): void {
    this.#services.changed(event, this.id);
    this.#services.keep(this.id);
  }
}
