import { assertEquals } from "@std/assert";
import { silentLogger } from "../../src/kernel/log.ts";
import type { Hint } from "../../src/order/changes.ts";
import { conversations } from "../../src/order/records.ts";
import type { Conversation } from "../../src/order/records.ts";
import type { Collection, Head } from "../../src/ports/store.ts";
import { Connection } from "../../src/realtime/connection.ts";
import { Feed } from "../../src/realtime/feed.ts";
import { FrameMaker } from "../../src/realtime/frames.ts";
import { Room } from "../../src/realtime/room.ts";
import { Turn } from "../../src/realtime/turn.ts";
import { altered } from "./altered.ts";
import { rename, send } from "./changes.ts";
import { Fixture } from "./fixture.ts";
import { newGroup } from "./group.ts";
import { views } from "./node.ts";

/** ann's connection, and the `rev` and conversation of all that it was sent. */
function connect(): { connection: Connection; received: () => { rev: number; name?: string }[] } {
  const texts: string[] = [];
  const turn = new Turn();
  const transport = {
    bufferedAmount: 0,
    send: (text: string) => void texts.push(text),
    close() {},
    drop() {},
  };
  const ann = { userId: "ann", sessionId: "s", role: "user", expiresAt: Infinity } as const;
  return {
    connection: new Connection("1", ann, 0, transport, turn, () => {}),
    received() {
      turn.flush();
      return texts.flatMap((text) => text.split("\n")).map((line) => {
        const { rev, data } = JSON.parse(line);
        return { rev, ...data.conversation && { name: data.conversation.name } };
      });
    },
  };
}

function roomOf(connection: Connection, head: Conversation): Room {
  const room = new Room("c", { onEmpty() {}, onShownOut() {} });
  room.enter(connection);
  room.settle(connection, head);
  return room;
}

/** A feed whose store shows heads as they were, until it is told to catch up. */
async function openFeed(fixture: Fixture): Promise<{
  readonly feed: Feed;
  readonly received: () => { rev: number; name?: string }[];
  /** Resolves when the feed wants to try again. */
  readonly refused: Promise<void>;
  /** Has the feed try again while the store is behind still; resolves when it wants to once more. */
  readonly tryAgain: () => Promise<void>;
  /** Shows all there is and has the feed try again; resolves when it has read it. */
  readonly catchUp: () => Promise<void>;
}> {
  const { store } = fixture;
  const [old] = await store.heads(conversations, ["c"]);
  if (!old) throw new Error("the conversation is gone");
  let refused = Promise.withResolvers<void>();
  const passed = Promise.withResolvers<void>();
  let behind = true;
  let retry = () => {};
  const lagging = altered(store, {
    heads: <H extends Head>(from: Collection<H>, ids: readonly string[]) =>
      behind ? Promise.resolve([old as unknown as H]) : store.heads(from, ids),
  });
  const { connection, received } = connect();
  const room = roomOf(connection, old);
  const { pass } = room;
  room.pass = (...given) => {
    pass.apply(room, given);
    passed.resolve();
  };
  const clock = {
    now: () => 0,
    every: () => () => {},
    after(_ms: number, task: () => void) {
      retry = task;
      refused.resolve();
      return () => {};
    },
  };
  const frames = new FrameMaker(lagging, views);
  const feed = new Feed(room, { store: lagging, clock, frames, log: silentLogger });
  const catchUp = () => {
    behind = false;
    retry();
    return passed.promise;
  };
  const tryAgain = () => {
    refused = Promise.withResolvers();
    retry();
    return refused.promise;
  };
  return { feed, received, refused: refused.promise, tryAgain, catchUp };
}

/** What another node has done, of which the last hint alone arrives. */
function lastOf(hints: readonly Hint[]): Hint {
  const last = hints.at(-1);
  if (!last) throw new Error("nothing was published");
  return last;
}

Deno.test("a feed passes over nothing that the store does not show yet", async () => {
  await using fixture = await Fixture.open();
  const { feed, received, refused, tryAgain, catchUp } = await openFeed(fixture);
  const { writer, hints } = fixture.node();
  for (const i of [1, 2, 3]) await writer.write("c", send("ben", `k${i}`, "text"));
  feed.hear(lastOf(hints));
  await refused;
  await tryAgain();
  assertEquals(received(), []);
  await catchUp();
  assertEquals(received().map(({ rev }) => rev), [1, 2, 3]);
});

Deno.test("a feed shows no conversation as it was before the change that it tells", async () => {
  await using fixture = await Fixture.open();
  const { feed, received, refused, catchUp } = await openFeed(fixture);
  const { writer, hints } = fixture.node();
  await writer.write("c", rename("ann", "new"));
  feed.hear(lastOf(hints));
  await refused;
  assertEquals(received(), []);
  await catchUp();
  assertEquals(received(), [{ rev: 1, name: "new" }]);
});

Deno.test("a room lets nobody in at a head older than what had come by before", () => {
  const { head } = newGroup("c", ["ann", "ben", "cyd"]);
  const early = connect();
  const room = roomOf(early.connection, head);
  const frame = (rev: number) => ({ rev, text: JSON.stringify({ rev, data: {} }) });
  room.pass([frame(1), frame(2)], 2);
  const late = connect();
  room.enter(late.connection);
  room.pass([frame(3)], 3);
  assertEquals(room.settle(late.connection, { ...head, rev: 1 }), false);
  assertEquals(room.settle(late.connection, { ...head, rev: 2 }), true);
  assertEquals(late.received().map(({ rev }) => rev), [3]);
});

Deno.test("a room that passes on nothing sends nothing", () => {
  const { head } = newGroup("c", ["ann", "ben", "cyd"]);
  const { connection, received } = connect();
  const room = roomOf(connection, head);
  room.pass([], 5);
  assertEquals(received(), []);
  assertEquals(room.position, 5);
});
