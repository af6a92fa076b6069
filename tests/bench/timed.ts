import type { Bench } from "./bench.ts";
import { settle, sleep } from "./bench.ts";
import { connect, say } from "./crowd.ts";
import type { Ears, Member } from "./crowd.ts";
import type { Group } from "./population.ts";

const MARK = "~T";
const DIGITS = 12;
const BUFFER_BYTES = 32 * 1024;

/** Rooms in which one member after the other says a message at a fixed rate, whatever the server does. */
export interface TimedRooms {
  /** Deliveries of one message that are timed: with a far node those to its members, who only listen. */
  readonly hearers: number;
  /** Milliseconds from sends to their deliveries, of those that came since they were last taken. */
  take(): number[];
  /** Says `rate` messages a second; what it answers ends that, and waits for all deliveries. */
  speak(rate: number): () => Promise<void>;
}

/** Connects everyone in `groups`, which are of one size. */
export async function timedRooms(bench: Bench, groups: readonly Group[]): Promise<TimedRooms> {
  const began = performance.now();
  const now = () => performance.now() - began;
  const counts = ({ far }: Member) => far || bench.far === undefined;
  let [pushes, sent] = [0, 0];
  const samples: number[] = [];
  const ears: Ears = {
    pushed(text, at, member) {
      const digits = text.indexOf(MARK, at) + MARK.length;
      if (digits < MARK.length || text.length < digits + DIGITS) return false;
      if (counts(member)) samples.push(now() - Number(text.slice(digits, digits + DIGITS)) / 1000);
      pushes++;
      return true;
    },
    acked() {},
  };
  const crowd = await connect(bench, groups, ears, BUFFER_BYTES);
  const senders = crowd.map((room) => room.filter(({ far }) => !far));
  const send = () => {
    const room = senders[sent % senders.length] ?? [];
    const sender = room[Math.floor(sent / senders.length) % room.length];
    if (sender) say(sender, `${MARK}${String(Math.round(now() * 1000)).padStart(DIGITS, "0")}`);
    sent++;
  };
  return {
    hearers: crowd.flat().filter(counts).length / crowd.length,
    take: () => samples.splice(0),
    speak(rate) {
      const [start, before] = [now(), sent];
      let running = true;
      const pace = async () => {
        for (; running; await sleep(1)) while (sent - before < (now() - start) * rate / 1000) send();
      };
      const pacing = pace();
      return async () => {
        running = false;
        await pacing;
        await settle(() => pushes === sent * (crowd[0]?.length ?? 0), () => pushes, "deliveries");
      };
    },
  };
}
