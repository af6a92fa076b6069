import type { Bench, Round } from "./bench.ts";
import { measure, settle } from "./bench.ts";
import { connect, say } from "./crowd.ts";
import type { Ears } from "./crowd.ts";
import { makeGroups } from "./population.ts";

/** `senders` members of each room keep `window` messages each in flight. */
export interface ClosedLoop {
  readonly rooms: number;
  readonly members: number;
  readonly senders: number;
  readonly window: number;
}

/** Measures `sends` acknowledged and `deliveries` a second, and holds that everything arrives everywhere. */
export async function closedLoop(bench: Bench, loop: ClosedLoop): Promise<Round[]> {
  let [acks, pushes, running] = [0, 0, true];
  const ears: Ears = {
    pushed() {
      pushes++;
      return true;
    },
    acked(member) {
      acks++;
      if (running) say(member);
    },
  };
  const rooms = await connect(bench, await makeGroups(bench.url, loop.rooms, loop.members), ears);
  const senders = rooms.flatMap((members) => members.slice(0, loop.senders));
  for (const sender of senders) for (let i = 0; i < loop.window; i++) say(sender);
  let before: readonly [number, number] = [0, 0];
  const rounds = await measure(
    bench,
    () => before = [acks, pushes],
    (seconds) => ({ sends: (acks - before[0]) / seconds, deliveries: (pushes - before[1]) / seconds }),
  );
  running = false;
  const sent = () => senders.reduce((sum, sender) => sum + sender.sent, 0);
  await settle(() => acks === sent() && pushes === sent() * loop.members, () => acks + pushes, "deliveries");
  return rounds;
}
