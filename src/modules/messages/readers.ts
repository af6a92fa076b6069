import type { Store } from "../../ports/store.ts";
import type { MemberPosition } from "../../order/reader.ts";
import { readMembers } from "../../order/reader.ts";
import type { Conversation, Message, Participant } from "../../order/records.ts";
import type { Readers } from "./schema.ts";

const NOBODY: Readers = [];
const CHUNK = 500;

/** Who has read what in a conversation, derived from how far each member has read. */
export class ReadMarks {
  /** Nobody has read anything yet. */
  static readonly none: ReadMarks = new ReadMarks([]);

  readonly #marks: readonly { readonly seq: number; readonly reader: Readers[number] }[];
  /** Messages that the same people have read share one list. */
  readonly #lists = new Map<string, Readers>();

  constructor(members: readonly Participant[]) {
    this.#marks = members
      .flatMap(({ userId, lastReadSeq, lastReadAt }) =>
        lastReadAt === null ? [] : [{ seq: lastReadSeq, reader: { userId, readAt: lastReadAt } }]
      )
      .sort((a, b) => b.seq - a.seq);
  }

  /** Those who have read as far as this message, its sender left out. */
  of({ seq, senderId }: Message): Readers {
    const behind = this.#marks.findIndex((mark) => mark.seq < seq);
    const count = behind === -1 ? this.#marks.length : behind;
    if (count === 0) return NOBODY;
    const key = `${count}:${senderId}`;
    let list = this.#lists.get(key);
    if (!list) {
      list = this.#marks.slice(0, count).map(({ reader }) => reader).filter(({ userId }) =>
        userId !== senderId
      );
      this.#lists.set(key, list);
    }
    return list;
  }
}

/** How far the members of a conversation have read; `head` as `heads` has just given it. */
export async function readMarks(store: Store, head: Conversation): Promise<ReadMarks> {
  const members: Participant[] = [];
  let after: MemberPosition | undefined;
  for (;;) {
    const chunk = await readMembers(store, head, CHUNK, after);
    members.push(...chunk);
    after = chunk.at(-1);
    if (chunk.length < CHUNK) return new ReadMarks(members);
  }
}
