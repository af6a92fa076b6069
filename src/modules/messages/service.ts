import type { Clock } from "../../kernel/clock.ts";
import { notFound } from "../../kernel/errors.ts";
import { messagePlace } from "../../kernel/ids.ts";
import type { Draft } from "../../order/draft.ts";
import type { Conversation, Message } from "../../order/records.ts";
import type { Writer } from "../../order/writer.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Store } from "../../ports/store.ts";
import { Directs } from "./directs.ts";
import type { MessageView } from "./schema.ts";
import type { Cards } from "./view.ts";
import { MessageViews } from "./view.ts";

/** What messages need to know of users. */
export interface People extends Cards {
  /** The users' ids by name, for names in lower case; unknown ones are left out. */
  byUsernames(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether either has blocked the other. */
  blocked(userId: string, otherId: string): Promise<boolean>;
}

/** Files that messages can name. */
export interface Uploads {
  /**
   * Has an upload belong to the message of this sender's `clientId`, before the message is made, and answers the message's
   * metadata, and until when (milliseconds since 1970) the message can be made. Throws `invalid_request` for one that is
   * not the sender's, not of this conversation, not of this type, not complete, or another message.
   */
  claim(wanted: {
    readonly type: "image" | "file";
    readonly uploadId: string;
    readonly senderId: string;
    readonly clientId: string;
    readonly conversationId: string;
    readonly waveform: readonly number[] | null;
  }): Promise<{ readonly metadata: Readonly<Record<string, unknown>>; readonly until: number }>;
  /** The message is made. Never throws. */
  attach(uploadId: string, message: Pick<Message, "id" | "seq" | "dedupe">): Promise<void>;
  /** The upload's message is about to be deleted. */
  doom(uploadId: string): Promise<void>;
  /** The upload's message is deleted. Never throws. */
  messageDeleted(uploadId: string): Promise<void>;
}

export interface MessagesDeps {
  readonly store: Store;
  readonly writer: Writer;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly people: People;
  /** Without it no message can be an image or a file. */
  readonly uploads?: Uploads;
  /** Code points of a text. */
  readonly maxTextLength: number;
}

/** What the verbs of this module work with: `send`, `edit`, `remove`, `react`, `pin`, `readHistory`, `markRead` … */
export interface Messages extends MessagesDeps {
  readonly views: MessageViews;
  readonly directs: Directs;
}

export function createMessages(deps: MessagesDeps): Messages {
  return { ...deps, views: new MessageViews(deps.store, deps.people), directs: new Directs(deps.store) };
}

/** What a plan came to: a message, and whether the plan made or changed it. */
export interface Outcome {
  readonly record: Message;
  readonly head: Conversation;
  readonly changed: boolean;
}

/** The conversation that a message id names. Throws `not_found` where it names none. */
export function conversationOf(messageId: string): string {
  const place = messagePlace(messageId);
  if (!place) throw notFound();
  return place.conversationId;
}

/** A message of the conversation that is still kept. Throws `not_found`. */
export function kept(draft: Draft, messageId: string): Message {
  const message = draft.message(messageId);
  if (!message || message.seq < draft.head.firstSeq) throw notFound();
  return message;
}

/** Shows what a change made of a message, or what it found and left as it was. */
export async function showOutcome(
  { views }: Messages,
  { record, head, changed }: Outcome,
): Promise<MessageView> {
  return only(await (changed ? views.showCommitted(head, [record]) : views.showAnew(head, [record])));
}

/** The one view of one record. */
export function only(views: readonly MessageView[]): MessageView {
  const [first] = views;
  if (!first) throw new Error("a record has a view");
  return first;
}
