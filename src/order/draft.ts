import { notFound } from "../kernel/errors.ts";
import { messageId } from "../kernel/ids.ts";
import type { MembersChange, MessageEvent, StreamChange } from "./changes.ts";
import type { Conversation, Message, MessageContent, Participant, ParticipantRole } from "./records.ts";
import { BLANK, dedupeKey, messages, newParticipant, participants } from "./records.ts";
import { Writes } from "./writes.ts";
import { MEMBER_BYTES, MEMBER_PATCH_BYTES, messageBytes, STRIP_BYTES } from "./sizes.ts";

/** What a batch of changes was read against. */
export interface Loaded {
  readonly head: Conversation;
  readonly participants: ReadonlyMap<string, Participant>;
  readonly messages: readonly Message[];
}

/** What a sender decides of a new message. */
export interface NewMessage {
  readonly senderId: string;
  /** `null` in system messages, which no retry can meet. */
  readonly clientId: string | null;
  readonly digest: string;
  readonly content: MessageContent;
  readonly replyTo: string | null;
  readonly mentions: readonly string[];
}

/** Someone to be made a member. */
export interface NewMember {
  readonly userId: string;
  readonly role: ParticipantRole;
}

/**
 * The next state of a conversation while it is planned: what was loaded, with the changes of this batch laid over.
 * Each change takes the next `rev`, each message the next `seq`. Nothing leaves the draft before its commit.
 */
export class Draft {
  readonly now: string;
  readonly changes: StreamChange[] = [];
  #head: Conversation;
  readonly #loaded: ReadonlyMap<string, Participant>;
  readonly #participants = new Map<string, Participant>();
  readonly #messages = new Map<string, Message>();
  readonly #sent = new Map<string, Message>();
  readonly #writes = new Writes();

  constructor(loaded: Loaded, now: string) {
    this.now = now;
    this.#head = loaded.head;
    this.#loaded = loaded.participants;
    for (const message of loaded.messages) this.#remember(message);
  }

  get head(): Conversation {
    return this.#head;
  }

  /** The members that this draft has changed or was shown, by user id. */
  get touched(): ReadonlyMap<string, Participant> {
    return this.#participants;
  }

  /** What is to be written, and how much that is. */
  get writes(): Pick<Writes, "list" | "count" | "bytes"> {
    return this.#writes;
  }

  /** The member's record; `undefined` for someone who never was one, or has left. */
  member(userId: string): Participant | undefined {
    const participant = this.participant(userId);
    return participant?.left ? undefined : participant;
  }

  /** The member's record. Throws `not_found` for someone who is no member at this moment. */
  requireMember(userId: string): Participant {
    const member = this.member(userId);
    if (!member) throw notFound();
    return member;
  }

  /** The record of someone who is or was a member. */
  participant(userId: string): Participant | undefined {
    return this.#participants.get(userId) ?? this.#loaded.get(userId);
  }

  /** Adds a member that a change has loaded by itself; one that the draft knows already stays as it is there. */
  see(participant: Participant): void {
    if (!this.participant(participant.userId)) this.#participants.set(participant.userId, participant);
  }

  message(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  /** The message that this sender made with this `clientId`. */
  sent(senderId: string, clientId: string): Message | undefined {
    return this.#sent.get(dedupeKey(senderId, clientId));
  }

  /**
   * Appends a message at the next `seq`. Who sends it has read up to it. A system message is sent by nobody: it counts
   * as read by who caused it only where all before it does.
   */
  addMessage(input: NewMessage): Message {
    const head = this.#next({ seq: this.#head.seq + 1 });
    const { senderId, clientId } = input;
    const message: Message = {
      id: messageId(head.id, head.seq),
      conversationId: head.id,
      seq: head.seq,
      rev: head.rev,
      firstRev: head.rev,
      senderId,
      clientId,
      dedupe: clientId === null ? `:${head.seq}` : dedupeKey(senderId, clientId),
      digest: input.digest,
      content: input.content,
      replyTo: input.replyTo,
      reactions: [],
      mentions: input.mentions,
      isPinned: false,
      pinnedAt: null,
      pinnedBy: null,
      isEdited: false,
      editedAt: null,
      isDeleted: false,
      deletedAt: null,
      createdAt: this.now,
      updatedAt: this.now,
    };
    this.#writes.insert(messages, message, messageBytes(message));
    this.#changed("new_message", message);
    const sender = this.member(senderId);
    if (sender && clientId !== null) {
      const sentCount = sender.sentCount + 1;
      this.#patchParticipant(sender, {
        lastReadSeq: head.seq,
        lastDeliveredSeq: head.seq,
        lastReadAt: this.now,
        sentCount,
        ...(isFile(input.content) && { sharedCount: (sender.sharedCount ?? 0) + 1 }),
      });
    } else if (sender && sender.lastReadSeq >= head.seq - 1) {
      this.#patchParticipant(sender, { lastReadSeq: head.seq, lastDeliveredSeq: head.seq });
    }
    return message;
  }

  /** Appends a system message in the name of who caused it. */
  addSystemMessage(
    actorId: string,
    systemType: string,
    metadata: Readonly<Record<string, unknown>>,
  ): Message {
    const content = { type: "system" as const, text: "", metadata: { systemType, ...metadata } };
    return this.addMessage({
      senderId: actorId,
      clientId: null,
      digest: "",
      content,
      replyTo: null,
      mentions: [],
    });
  }

  /** Changes a message of this conversation and gives it the next `rev`. */
  changeMessage(message: Message, event: MessageEvent, set: Partial<Message>): Message {
    const { rev } = this.#next({});
    const patch = { ...set, rev, updatedAt: this.now };
    const changed = { ...message, ...patch };
    this.#writes.patch(messages, message.id, patch, messageBytes(changed));
    this.#changed(event, changed);
    return changed;
  }

  /**
   * Strips messages to what keeps their place and their `clientId`, and raises `firstSeq`, as one change: whoever
   * reads forgets all that lies before `firstSeq`. Nobody has done anything: `updatedAt` stays, and with it the
   * conversation's place in lists.
   */
  strip(old: readonly Message[], firstSeq: number): void {
    const { updatedAt } = this.#head;
    const { rev } = this.#next({ firstSeq });
    this.#head = { ...this.#head, infoRev: rev, updatedAt };
    for (const message of old) {
      const blank: Partial<Message> = { ...BLANK, isDeleted: true, deletedAt: this.now };
      this.#writes.patch(messages, message.id, { ...blank, rev }, STRIP_BYTES);
    }
    this.changes.push({ rev, event: "conversation" });
  }

  /** Changes the conversation itself: its name, settings, or that it has ended. */
  changeConversation(set: Partial<Conversation>): void {
    const { rev } = this.#next(set);
    this.#head = { ...this.#head, infoRev: rev };
    this.changes.push({ rev, event: "conversation" });
  }

  /** Takes members in, lets members go and gives roles, as one change. */
  changeMembers(
    change: { add?: readonly NewMember[]; remove?: readonly string[]; roles?: readonly NewMember[] },
  ): void {
    const before = this.#head.seq;
    const { rev } = this.#next({});
    this.#head = { ...this.#head, infoRev: rev, membersRev: rev };
    const members: MembersChange = {
      added: (change.add ?? []).map((member) => this.#join(member, rev, before)),
      removed: (change.remove ?? []).filter((userId) => this.#leave(userId, rev)),
      changed: (change.roles ?? []).flatMap((member) => this.#setRole(member, rev)),
    };
    this.changes.push({ rev, event: "conversation", members });
  }

  #join({ userId, role }: NewMember, rev: number, lastReadSeq: number): Participant {
    const head = this.#head;
    const earlier = this.participant(userId);
    const joined = {
      role,
      left: false,
      joinedAt: this.now,
      joinedRev: rev,
      memberRev: rev,
      memberAt: this.now,
      lastReadSeq,
      lastReadAt: null,
      rev,
    };
    this.#count(1, role === "admin" ? 1 : 0);
    if (earlier) return this.#patchParticipant(earlier, joined);
    const record = newParticipant(head.id, userId, joined);
    this.#participants.set(userId, record);
    this.#writes.insert(participants, record, MEMBER_BYTES);
    return record;
  }

  #leave(userId: string, rev: number): boolean {
    const member = this.member(userId);
    if (!member) return false;
    this.#count(-1, member.role === "admin" ? -1 : 0);
    this.#patchParticipant(member, { left: true, memberRev: rev, memberAt: this.now });
    return true;
  }

  #setRole({ userId, role }: NewMember, rev: number): Participant[] {
    const member = this.member(userId);
    if (!member) return [];
    this.#count(0, Number(role === "admin") - Number(member.role === "admin"));
    return [this.#patchParticipant(member, { role, memberRev: rev, memberAt: this.now })];
  }

  #count(members: number, admins: number): void {
    const { memberCount, adminCount } = this.#head;
    this.#head = { ...this.#head, memberCount: memberCount + members, adminCount: adminCount + admins };
  }

  #next(set: Partial<Conversation>): Conversation {
    return this.#head = { ...this.#head, ...set, rev: this.#head.rev + 1, updatedAt: this.now };
  }

  #changed(event: MessageEvent, message: Message): void {
    this.#remember(message);
    this.changes.push({ rev: message.rev, event, message });
  }

  #remember(message: Message): void {
    this.#messages.set(message.id, message);
    this.#sent.set(message.dedupe, message);
  }

  #patchParticipant(participant: Participant, set: Partial<Participant>): Participant {
    const patch = { ...set, rev: this.#head.rev };
    const changed = { ...participant, ...patch };
    this.#participants.set(participant.userId, changed);
    const bytes = this.#writes.has(participant.id) ? 0 : MEMBER_PATCH_BYTES;
    this.#writes.patch(participants, participant.id, patch, bytes);
    return changed;
  }
}

function isFile({ type }: MessageContent): boolean {
  return type === "image" || type === "file";
}
