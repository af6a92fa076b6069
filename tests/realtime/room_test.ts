import { assertEquals } from "@std/assert";
import { Counter } from "../../src/kernel/metrics.ts";
import type { Connection } from "../../src/realtime/connection.ts";
import type { Frame } from "../../src/realtime/room.ts";
import { Room } from "../../src/realtime/room.ts";
import { Turn } from "../../src/realtime/turn.ts";
import type { FakeTransport } from "./fakes.ts";
import { headAt, liveConnection } from "./fakes.ts";

/** A room with what it told its hub. */
class Bench {
  readonly turn = new Turn();
  readonly emptied: Room[] = [];
  readonly shownOut: Connection[] = [];
  onShownOut: (connection: Connection) => void = () => {};
  readonly deliveries = new Counter();
  readonly room = new Room("c", {
    deliveries: this.deliveries,
    onEmpty: (room) => this.emptied.push(room),
    onShownOut: (_, connection) => {
      this.shownOut.push(connection);
      this.onShownOut(connection);
    },
  });

  enter(userId: string): { connection: Connection; transport: FakeTransport } {
    const made = liveConnection(userId, this.turn);
    this.room.enter(made.connection);
    return made;
  }

  /** Passes one frame for each `rev`. */
  pass(...revs: number[]): void {
    this.room.pass(revs.map(frame), revs.at(-1) ?? 0);
  }

  /** What a transport was sent. */
  revs(transport: FakeTransport): number[] {
    this.turn.flush();
    return transport.sent.map(({ rev }) => rev);
  }
}

const frame = (rev: number): Frame => ({ rev, text: JSON.stringify({ rev }) });

Deno.test("a connection gets nothing before it settles, and then what came meanwhile beyond its head", () => {
  const bench = new Bench();
  const early = bench.enter("ann");
  bench.room.settle(early.connection, headAt(5));
  const late = bench.enter("ben");
  bench.pass(6, 7);
  assertEquals(bench.revs(late.transport), []);
  bench.room.settle(late.connection, headAt(6));
  bench.pass(8);
  assertEquals([bench.revs(early.transport), bench.revs(late.transport)], [[6, 7, 8], [7, 8]]);
});

Deno.test("a connection that is ahead of the room gets nothing twice", () => {
  const bench = new Bench();
  const early = bench.enter("ann");
  bench.room.settle(early.connection, headAt(5));
  const ahead = bench.enter("ben");
  bench.room.settle(ahead.connection, headAt(7));
  bench.pass(6);
  bench.pass(7, 8);
  bench.pass(9);
  assertEquals([bench.revs(early.transport), bench.revs(ahead.transport)], [[6, 7, 8, 9], [8, 9]]);
});

Deno.test("a connection that read an older head than the room began at is told to read a newer one", () => {
  const bench = new Bench();
  const slow = bench.enter("ann");
  const quick = bench.enter("ben");
  assertEquals(bench.room.settle(quick.connection, headAt(10)), true);
  assertEquals(bench.room.settle(slow.connection, headAt(8)), false);
  bench.pass(11);
  assertEquals(bench.revs(slow.transport), []);
  assertEquals(bench.room.settle(slow.connection, headAt(10)), true);
  assertEquals([bench.revs(slow.transport), bench.revs(quick.transport)], [[11], [11]]);
});

Deno.test("who is shown out gets nothing more, also when it enters again at once", () => {
  const bench = new Bench();
  const stays = bench.enter("ann");
  const goes = bench.enter("ben");
  const waits = bench.enter("ben");
  for (const { connection } of [stays, goes]) bench.room.settle(connection, headAt(1));
  bench.onShownOut = (connection) => bench.room.enter(connection);
  bench.room.pass([frame(2), { ...frame(3), leaves: new Set(["ben"]) }, frame(4)], 4);
  bench.room.settle(waits.connection, headAt(2));
  bench.pass(5);
  assertEquals(bench.revs(stays.transport), [2, 3, 4, 5]);
  assertEquals(bench.revs(goes.transport), [2, 3]);
  assertEquals(bench.revs(waits.transport), [3]);
  assertEquals(bench.shownOut, [goes.connection, waits.connection]);
});

Deno.test("one who is behind the gate is shown out at its place too", () => {
  const bench = new Bench();
  const stays = bench.enter("ann");
  bench.room.settle(stays.connection, headAt(1));
  const goes = bench.enter("ben");
  bench.room.settle(goes.connection, headAt(2));
  bench.onShownOut = (connection) => bench.room.enter(connection);
  bench.room.pass([frame(2), { ...frame(3), leaves: new Set(["ben"]) }, frame(4)], 4);
  bench.pass(5);
  assertEquals([bench.revs(stays.transport), bench.revs(goes.transport)], [[2, 3, 4, 5], [3]]);
});

Deno.test("a room that loses its last connection, settled or not, is empty", () => {
  const bench = new Bench();
  const { connection } = bench.enter("ann");
  const waiting = bench.enter("ben").connection;
  bench.room.settle(connection, headAt(1));
  bench.room.open.add(connection);
  bench.room.leave(connection);
  assertEquals([bench.room.empty, bench.emptied.length, bench.room.open.size], [false, 0, 0]);
  bench.room.leave(waiting);
  assertEquals([bench.room.empty, bench.emptied.length], [true, 1]);
  assertEquals([connection.rooms.size, waiting.rooms.size], [0, 0]);
});

Deno.test("a room remembers the newest head that it was shown", () => {
  const { room } = new Bench();
  for (const rev of [5, 7, 6]) room.learn(headAt(rev));
  assertEquals(room.head?.rev, 7);
});

Deno.test("a membership that changes while it is read is outdated, once", () => {
  const bench = new Bench();
  const { connection } = bench.enter("ann");
  assertEquals(bench.room.takeOutdated(connection), false);
  assertEquals(bench.room.outdate(connection), true);
  assertEquals([bench.room.takeOutdated(connection), bench.room.takeOutdated(connection)], [true, false]);
  bench.room.settle(connection, headAt(1));
  assertEquals([bench.room.outdate(connection), bench.room.takeOutdated(connection)], [false, false]);
});

Deno.test("a conversation is hidden from a member unless a message has come to be since, and until one does", () => {
  const bench = new Bench();
  bench.room.settle(bench.enter("ann").connection, headAt(5));
  const said = (rev: number, firstRev: number): Frame => ({ ...frame(rev), firstRev });
  bench.room.pass([said(6, 6)], 6);
  bench.room.pass([said(7, 2)], 7);
  assertEquals([bench.room.hide("ann", 5), bench.room.hidings, bench.room.hidden.size], [false, 0, 0]);
  assertEquals([bench.room.hide("ann", 6), bench.room.hidings, bench.room.hidden.get("ann")], [true, 1, 6]);
  bench.room.pass([{ ...said(8, 8), reveals: ["ann"] }], 8);
  assertEquals([bench.room.hidden.size, bench.room.hidings], [0, 1]);
});

Deno.test("all live connections share one text for the frames of a turn", () => {
  const bench = new Bench();
  const all = ["ann", "ben", "cyd"].map((name) => bench.enter(name));
  for (const { connection } of all) bench.room.settle(connection, headAt(1));
  bench.pass(2, 3, 4);
  bench.turn.flush();
  for (const { transport } of all) assertEquals(transport.frames, ['{"rev":2}\n{"rev":3}\n{"rev":4}']);
  assertEquals(bench.deliveries.value, 9);
});
