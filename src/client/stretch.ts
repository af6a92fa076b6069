import type { MessageView } from "./wire.ts";

/** Code points of a quote, as the server cuts them. */
const QUOTED = 140;

/** Messages of one conversation in rising `seq`, without holes: whatever would leave one is not taken in. */
export class Stretch {
  #messages: readonly MessageView[];

  constructor(messages: readonly MessageView[] = []) {
    this.#messages = messages;
  }

  /** A snapshot. */
  get all(): readonly MessageView[] {
    return this.#messages;
  }

  /** The first and the last place; `undefined` when there is nothing. */
  get first(): number | undefined {
    return this.#messages[0]?.seq;
  }

  get last(): number | undefined {
    return this.#messages.at(-1)?.seq;
  }

  at(seq: number): MessageView | undefined {
    return this.#messages[seq - (this.first ?? seq)];
  }

  /** Puts a newer state of a message in the place of the one that is here, and has every answer quote it as it is now. */
  update(message: MessageView): void {
    const known = this.at(message.seq);
    if (known && known.rev < message.rev) {
      this.#messages = this.#messages.with(message.seq - (this.first ?? 0), message);
    }
    if (this.#messages.some((answer) => quotes(answer, message))) {
      this.#messages = this.#messages.map((answer) => requoted(answer, message));
    }
  }

  /**
   * Takes in messages that lie next to what is here, or over it, the newer state of each; they have no holes
   * themselves. Answers `false`, with nothing done, when something is missing between the two.
   */
  join(messages: readonly MessageView[]): boolean {
    const [first, last, from, to] = [messages[0], messages.at(-1), this.#messages[0], this.#messages.at(-1)];
    if (!first || !last) return true;
    if (!from || !to) this.#messages = messages;
    else if (first.seq > to.seq + 1 || last.seq < from.seq - 1) return false;
    else {
      for (const message of messages) this.update(message);
      this.#messages = [
        ...messages.filter(({ seq }) => seq < from.seq),
        ...this.#messages,
        ...messages.filter(({ seq }) => seq > to.seq),
      ];
    }
    return true;
  }

  /** Forgets all but the last `count`. */
  keepLast(count: number): void {
    if (this.#messages.length > count) this.#messages = this.#messages.slice(-count);
  }

  /** Forgets what lies before a place. */
  dropBefore(seq: number): void {
    if ((this.first ?? seq) < seq) this.#messages = this.#messages.filter((message) => message.seq >= seq);
  }
}

/** `answer` with its quote of `message`, if it has one, in the words of now. */
export function requoted(answer: MessageView, message: MessageView | undefined): MessageView {
  if (!answer.replyTo || !message || !quotes(answer, message)) return answer;
  return { ...answer, replyTo: quoteOf(message) };
}

/** A message as answers quote it. */
export function quoteOf({ id, seq, senderId, content, isDeleted }: MessageView): MessageView["replyTo"] {
  return {
    id,
    seq,
    senderId,
    type: content.type,
    text: [...content.text].slice(0, QUOTED).join(""),
    isDeleted,
  };
}

function quotes({ replyTo }: MessageView, { seq, isEdited, isDeleted }: MessageView): boolean {
  return replyTo?.seq === seq && (isEdited || isDeleted);
}
