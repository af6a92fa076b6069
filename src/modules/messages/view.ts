import { nobody } from "../../kernel/user_card.ts";
import type { UserCard } from "../../kernel/user_card.ts";
import type { Store } from "../../ports/store.ts";
import { readHeads } from "../../order/reader.ts";
import type { Conversation, Message } from "../../order/records.ts";
import { messages } from "../../order/records.ts";
import { ReadMarks, readMarks } from "./readers.ts";
import type { MessageView, Quote } from "./schema.ts";

/** Shows users; those who are no more are left out. */
export interface Cards {
  cards(ids: readonly string[]): Promise<ReadonlyMap<string, UserCard>>;
}

/** Members up to which a list of messages says who has read each. */
const MAX_LISTED_READERS = 100;
const QUOTE_LENGTH = 140;

const NO_QUOTES: ReadonlyMap<string, Quote> = new Map();

/** Shows messages: with their sender, the quote of what they answer, and who has read them, all filled in when read. */
export class MessageViews {
  readonly #store: Store;
  readonly #people: Cards;
  /** A commit's records are shown to its caller and to every connection: made and encoded once. */
  readonly #committed = new WeakMap<Message, MessageView>();

  constructor(store: Store, people: Cards) {
    this.#store = store;
    this.#people = people;
  }

  /**
   * Shows records in the order given. `head` is what `store.heads` has just answered. `readers: "all"` lists the
   * readers also above `MAX_LISTED_READERS` members.
   */
  async show(
    head: Conversation,
    records: readonly Message[],
    readers: "few" | "all" = "few",
  ): Promise<MessageView[]> {
    if (records.length === 0) return [];
    const listed = readers === "all" || head.memberCount <= MAX_LISTED_READERS;
    const [cards, quotes, marks] = await Promise.all([
      this.#cards(records),
      this.#quotes(head, records),
      listed ? readMarks(this.#store, head) : undefined,
    ]);
    return records.map((record) => view(record, cards, quotes, marks));
  }

  /**
   * Shows what a commit has made, in the order given; `head` is the commit's. The same records get the same views.
   * New messages, which nobody else has read, take no query but that of a quote.
   */
  async showCommitted(head: Conversation, records: readonly Message[]): Promise<MessageView[]> {
    if (!records.every((record) => this.#committed.has(record))) {
      const views = records.every(isPlain)
        ? await this.#showPlain(head, records)
        : await this.showAnew(head, records);
      views.forEach((shown, i) => this.#keep(records[i], shown));
    }
    return records.flatMap((record) => this.#committed.get(record) ?? []);
  }

  /** Shows records in the order given, as they are read at this moment; `head` may be of any time. */
  async showAnew(head: Conversation, records: readonly Message[]): Promise<MessageView[]> {
    const [now] = await readHeads(this.#store, [head.id]);
    return await this.show(now ?? head, records);
  }

  async #showPlain(head: Conversation, records: readonly Message[]): Promise<MessageView[]> {
    const cards = await this.#cards(records);
    const marks = head.memberCount <= MAX_LISTED_READERS ? ReadMarks.none : undefined;
    return records.map((record) => view(record, cards, NO_QUOTES, marks));
  }

  /** Of two who show the same record at once, the first decides. */
  #keep(record: Message | undefined, shown: MessageView): void {
    if (record && !this.#committed.has(record)) this.#committed.set(record, shown);
  }

  #cards(records: readonly Message[]): Promise<ReadonlyMap<string, UserCard>> {
    const [first] = records;
    if (first && records.length === 1) return this.#people.cards([first.senderId]);
    return this.#people.cards([...new Set(records.map((record) => record.senderId))]);
  }

  async #quotes(head: Conversation, records: readonly Message[]): Promise<ReadonlyMap<string, Quote>> {
    const ids = new Set(records.flatMap(({ replyTo }) => replyTo ?? []));
    if (ids.size === 0) return NO_QUOTES;
    const quoted = await this.#store.find(messages, { where: { id: { in: [...ids] } } }, [head]);
    return new Map(quoted.map((message) => [message.id, quoteOf(message)]));
  }
}

function isPlain(record: Message): boolean {
  return record.rev === record.firstRev && record.replyTo === null;
}

function view(
  record: Message,
  cards: ReadonlyMap<string, UserCard>,
  quotes: ReadonlyMap<string, Quote>,
  marks: ReadMarks | undefined,
): MessageView {
  const { type, text, metadata } = record.content;
  return {
    id: record.id,
    conversationId: record.conversationId,
    seq: record.seq,
    rev: record.rev,
    senderId: record.senderId,
    sender: cards.get(record.senderId) ?? nobody(record.senderId),
    clientId: record.clientId,
    content: isEmpty(metadata) ? { type, text } : { type, text, metadata },
    replyTo: record.replyTo === null ? null : quotes.get(record.replyTo) ?? null,
    reactions: record.reactions,
    readBy: marks?.of(record),
    mentions: record.mentions,
    isPinned: record.isPinned,
    pinnedAt: record.pinnedAt,
    pinnedBy: record.pinnedBy,
    isEdited: record.isEdited,
    editedAt: record.editedAt,
    isDeleted: record.isDeleted,
    deletedAt: record.deletedAt,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
  };
}

function quoteOf({ id, seq, senderId, content, isDeleted }: Message): Quote {
  return { id, seq, senderId, type: content.type, text: beginning(content.text), isDeleted };
}

/** The first code points of a text; twice as many code units hold them for certain. */
function beginning(text: string): string {
  return text.length <= QUOTE_LENGTH
    ? text
    : [...text.slice(0, 2 * QUOTE_LENGTH)].slice(0, QUOTE_LENGTH).join("");
}

function isEmpty(metadata: Readonly<Record<string, unknown>>): boolean {
  for (const _ in metadata) return false;
  return true;
}
