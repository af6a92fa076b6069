import { BODY_BYTES } from "./bench.ts";
import type { Group } from "./population.ts";
import { inParallel } from "./population.ts";
import { Socket } from "./socket.ts";

/** What a member of a crowd hears. */
export interface Ears {
  /** A message was delivered; `at` lies inside its envelope. `false`: not all that is needed has come yet. */
  pushed(text: string, at: number): boolean;
  /** A send of this member's own was acknowledged. */
  acked(member: Member): void;
}

/** A connected member of a conversation. */
export interface Member {
  readonly conversationId: string;
  readonly name: string;
  readonly socket: Socket;
  /** Messages sent so far. */
  sent: number;
}

const EVENT = `"event":"`;
const PUSH = `new_message"`;
const ACK = `ack"`;
const ERROR = `error"`;
const PADDING = "x".repeat(BODY_BYTES);

/** Connects every member of every group and has them resume; resolves with the members, group by group. */
export async function connect(
  url: string,
  groups: readonly Group[],
  ears: Ears,
  bufferBytes = 128 * 1024,
): Promise<Member[][]> {
  return await inParallel(groups.length, 4, (index) => {
    const { id, members } = groups[index] ?? { id: "", members: [] };
    return inParallel(members.length, 16, async (slot) => {
      const socket = await openResumed(url, members[slot]?.token ?? "", bufferBytes);
      const member = { conversationId: id, name: `${index}.${slot}`, socket, sent: 0 };
      socket.scan((text) => listen(text, member, ears));
      return member;
    });
  });
}

/** A socket that has resumed: all that comes from now on is live. */
export async function openResumed(url: string, token: string, bufferBytes: number): Promise<Socket> {
  const socket = await Socket.open(url, token, bufferBytes);
  const synced = socket.expect(`"event":"synced"`);
  socket.send(`{"id":"resume","event":"resume","data":{"cursors":{}}}`);
  await synced;
  return socket;
}

/** Sends one more message, whose text begins with `mark`. */
export function say(member: Member, mark = ""): void {
  const number = ++member.sent;
  const text = mark + PADDING.slice(mark.length);
  member.socket.send(
    `{"id":"${number}","event":"send_message","data":{"conversationId":"${member.conversationId}",` +
      `"clientId":"${member.name}.${number}","content":{"type":"text","text":"${text}"}}}`,
  );
}

/** Finds the envelopes in what has come; answers how far it is done with. */
function listen(text: string, member: Member, ears: Ears): number {
  let from = 0;
  for (let at = text.indexOf(EVENT); at >= 0; at = text.indexOf(EVENT, from)) {
    const name = at + EVENT.length;
    if (text.length < name + PUSH.length) return at;
    if (text.startsWith(PUSH, name)) {
      if (!ears.pushed(text, name)) return at;
      from = name + BODY_BYTES; // no other envelope can begin before
      continue;
    }
    if (text.startsWith(ACK, name)) ears.acked(member);
    if (text.startsWith(ERROR, name)) throw new Error(`a command failed: ${text.slice(at - 20, at + 300)}`);
    from = name;
  }
  return Math.max(0, Math.min(text.length, Math.max(from, text.length - EVENT.length + 1)));
}
