import type { Bench } from "./bench.ts";
import { BODY_BYTES } from "./bench.ts";
import type { Dialect } from "./dialect.ts";
import { DIALECTS } from "./dialect.ts";
import type { Group } from "./population.ts";
import { inParallel } from "./population.ts";
import type { Socket } from "./socket.ts";

/** What a member of a crowd hears. */
export interface Ears {
  /** A message was delivered to `member`; `at` lies inside its envelope. `false`: not all that is needed has come yet. */
  pushed(text: string, at: number, member: Member): boolean;
  /** A send of this member's own was acknowledged. */
  acked(member: Member): void;
}

/** A connected member of a conversation. */
export interface Member {
  readonly conversationId: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly socket: Socket;
  /** Connected to `Bench.far`. */
  readonly far: boolean;
  /** Messages sent so far. */
  sent: number;
}

const PADDING = "x".repeat(BODY_BYTES);

/** Connects every member of every group, those of odd numbers far away; resolves with the members, group by group. */
export async function connect(
  { url, far: farUrl, dialect: name }: Bench,
  groups: readonly Group[],
  ears: Ears,
  bufferBytes = 128 * 1024,
): Promise<Member[][]> {
  const dialect = DIALECTS[name];
  return await inParallel(groups.length, 4, (index) => {
    const { id, members } = groups[index] ?? { id: "", members: [] };
    return inParallel(members.length, 16, async (slot) => {
      const far = farUrl !== undefined && slot % 2 === 1;
      const socket = await dialect.open(far ? farUrl : url, members[slot]?.token ?? "", bufferBytes);
      const member = { conversationId: id, name: `${index}.${slot}`, dialect, socket, far, sent: 0 };
      socket.scan((text) => listen(text, member, ears));
      return member;
    });
  });
}

/** Sends one more message, whose text begins with `mark`. */
export function say(member: Member, mark = ""): void {
  const { dialect, conversationId, name, socket } = member;
  socket.send(dialect.send(conversationId, name, ++member.sent, mark + PADDING.slice(mark.length)));
}

/** Finds the envelopes in what has come; answers how far it is done with. */
function listen(text: string, member: Member, ears: Ears): number {
  const { mark, push, ack, error } = member.dialect;
  let from = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, from)) {
    const name = at + mark.length;
    if (text.length < name + push.length) return at;
    if (text.startsWith(push, name)) {
      if (!ears.pushed(text, name, member)) return at;
      from = name + BODY_BYTES; // no other envelope can begin before
      continue;
    }
    if (text.startsWith(ack, name)) ears.acked(member);
    if (text.startsWith(error, name)) throw new Error(`a command failed: ${text.slice(at - 20, at + 300)}`);
    from = name;
  }
  return Math.max(0, Math.min(text.length, Math.max(from, text.length - mark.length + 1)));
}
