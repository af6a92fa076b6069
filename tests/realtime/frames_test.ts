import { assertEquals } from "@std/assert";
import type { Connection } from "../../src/realtime/connection.ts";
import { FrameMaker } from "../../src/realtime/frames.ts";
import { Room } from "../../src/realtime/room.ts";
import { Turn } from "../../src/realtime/turn.ts";
import type { Views } from "../../src/realtime/views.ts";
import type { World } from "../modules/messages_support.ts";
import { openWorld } from "../modules/messages_support.ts";
import type { FakeTransport } from "./fakes.ts";
import { liveConnection } from "./fakes.ts";

/** A conversation of Ann and Ben with its room, and frames of which a test decides when they are passed. */
class Bench implements AsyncDisposable {
  readonly ann: string;
  readonly ben: string;
  readonly turn = new Turn();
  /** What happens once while frames are being made. */
  meanwhile: () => void = () => {};
  readonly #transports = new Map<string, FakeTransport>();
  readonly #frames: FrameMaker;

  private constructor(readonly world: World, readonly id: string, ann: string, ben: string) {
    this.ann = ann;
    this.ben = ben;
    const views: Views = {
      messages: (_, records) => Promise.resolve(records),
      committed: (_, records) => this.#made(records),
      conversations: (memberships) => this.#made(memberships.map(({ head }) => ({ name: head.name }))),
      participants: (records) => Promise.resolve(records),
    };
    this.#frames = new FrameMaker(world.store, views);
  }

  static async open(type: "direct" | "group"): Promise<Bench> {
    const world = await openWorld();
    const [ann, ben] = [world.people.add("ann"), world.people.add("ben")];
    return new Bench(world, await world[type](ann, ben), ann, ben);
  }

  /** A room whose connections stand at the head. */
  async room(...userIds: readonly string[]): Promise<Room> {
    const room = new Room(this.id, { onEmpty: () => {}, onShownOut: () => {} });
    const head = await this.world.head(this.id);
    for (const userId of userIds) room.settle(this.enter(room, userId), head);
    return room;
  }

  enter(room: Room, userId: string): Connection {
    const { connection, transport } = liveConnection(userId, this.turn);
    this.#transports.set(userId, transport);
    room.enter(connection);
    return connection;
  }

  /** Passes what the commit has changed, of those made since the world was opened. */
  async pass(room: Room, commit: number): Promise<void> {
    const hint = this.world.hints.at(commit);
    if (!hint) throw new Error(`there is no commit ${commit}`);
    await this.#frames.pass(room, hint.head, hint.changes, hint.head.rev);
  }

  async rename(name: string): Promise<void> {
    await this.world.messages.writer.write(this.id, { plan: (draft) => draft.changeConversation({ name }) });
  }

  /** Event and `rev` of what a user was sent. */
  told(userId: string): [string, number][] {
    this.turn.flush();
    return this.#transports.get(userId)?.sent.map(({ event, rev }) => [event, rev]) ?? [];
  }

  async #made<T>(views: readonly T[]): Promise<readonly T[]> {
    await Promise.resolve();
    const meanwhile = this.meanwhile;
    this.meanwhile = () => {};
    meanwhile();
    return views;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}

Deno.test("a change of the conversation is told to who entered while it was made ready, as everyone sees it", async () => {
  await using bench = await Bench.open("group");
  const room = await bench.room(bench.ann);
  const before = await bench.world.head(bench.id);
  await bench.rename("Tea");
  let late: Connection | undefined;
  bench.meanwhile = () => late = bench.enter(room, bench.ben);
  await bench.pass(room, 0);
  if (late) room.settle(late, before);
  assertEquals(bench.told(bench.ann), [["conversation_updated", 1]]);
  assertEquals(bench.told(bench.ben), [["conversation_updated", 1]]);
});

Deno.test("a message is not told to who hid the conversation while it was made ready, after the message", async () => {
  await using bench = await Bench.open("direct");
  const room = await bench.room(bench.ann, bench.ben);
  await Promise.all([bench.world.send(bench.ann, bench.id, "one"), bench.rename("Tea")]);
  const atTheConversation = () => room.hide(bench.ben, 1);
  const atTheMessage = () => bench.meanwhile = atTheConversation;
  bench.meanwhile = atTheMessage;
  await bench.pass(room, 0);
  assertEquals(bench.told(bench.ann), [["new_message", 1], ["conversation_updated", 2]]);
  assertEquals(bench.told(bench.ben).filter(([event]) => event === "new_message"), []);
});

Deno.test("a hidden conversation comes back with a message that is newer, and with no other change", async () => {
  await using bench = await Bench.open("direct");
  const { world, ann, ben, id } = bench;
  const { id: old } = await world.send(ann, id, "one");
  const room = await bench.room(ann, ben);
  room.hide(ben, 1);
  await world.call(ann, "PUT", `/${old}`, { content: "edited" });
  await bench.pass(room, 1);
  assertEquals(bench.told(ben), []);
  await world.send(ann, id, "two");
  await bench.pass(room, 2);
  assertEquals(bench.told(ben), [["conversation_added", 2], ["new_message", 3]]);
  assertEquals(bench.told(ann), [["message_edited", 2], ["new_message", 3]]);
  assertEquals(room.hidden.size, 0);
});

Deno.test("a change that a later one stands for is told to those alone whom it removes", async () => {
  await using bench = await Bench.open("group");
  const { world, ann, ben, id } = bench;
  const room = await bench.room(ann, ben);
  await world.change(id, ben, "none");
  const hint = world.hints.at(-1);
  const changes = hint?.changes.map((change) => ({ ...change, superseded: true })) ?? [];
  if (hint) Object.assign(hint, { changes });
  await bench.pass(room, 0);
  assertEquals([bench.told(ann), bench.told(ben)], [[], [["conversation_removed", 1]]]);
});

Deno.test("who has left is told of no change, though the room has yet to hear of it", async () => {
  await using bench = await Bench.open("group");
  const { world, ann, ben, id } = bench;
  const room = await bench.room(ann, ben);
  await bench.rename("Tea");
  await world.change(id, ben, "none");
  await bench.pass(room, 0);
  assertEquals([bench.told(ann), bench.told(ben)], [[["conversation_updated", 1]], []]);
});
