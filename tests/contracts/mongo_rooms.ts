import { assert } from "@std/assert";
import { openMongoStore } from "../../src/adapters/store_mongo.ts";
import type { Faults, Step } from "../../src/adapters/store_mongo.ts";
import { collection } from "../../src/ports/store.ts";
import type { Head, Store, Under } from "../../src/ports/store.ts";
import { mongoUri, openTestStore } from "../support/store.ts";

export interface Room extends Head {
  readonly title: string;
}

export interface Line extends Under {
  readonly room: string;
  readonly seq: number;
  readonly text: string;
}

export const rooms = collection<Room>({ name: "rooms" });
export const lines = collection<Line>({
  name: "lines",
  unique: [["room", "seq"]],
  indexes: [["room", "rev"], ["room", "text"]],
});
export const collections = [rooms, lines];

export const ROOM: Room = { id: "r", rev: 1, title: "first" };

export function line(seq: number, rev: number, text = `line ${seq}`): Line {
  return { id: `r-${seq}`, room: "r", seq, rev, text };
}

/** Commits these lines, new ones, on top of `ifRev`. */
export function send(store: Store, ifRev: number, added: readonly Line[], settle = false): Promise<boolean> {
  const writes = added.map((insert) => ({ into: lines, insert }));
  const rev = Math.max(...added.map((one) => one.rev));
  return store.commit({ heads: rooms, id: "r", ifRev, set: { rev }, writes, settle });
}

/** Commits another text of a line. */
export function edit(store: Store, ifRev: number, id: string, text: string): Promise<boolean> {
  const rev = ifRev + 1;
  const writes = [{ into: lines, id, patch: { rev, text } }];
  return store.commit({ heads: rooms, id: "r", ifRev, set: { rev }, writes });
}

/** The texts of all lines as a reader through the head sees them, who reads without writing. */
export async function readTexts(store: Store): Promise<string[]> {
  const under = await store.heads(rooms, ["r"]);
  return (await store.find(lines, { where: { room: "r" }, order: [["seq", "asc"]] }, under)).map((one) =>
    one.text
  );
}

/** The texts of all lines as they stand in their records. */
export async function storedTexts(store: Store): Promise<string[]> {
  return (await store.find(lines, { where: { room: "r" }, order: [["seq", "asc"]] })).map((one) => one.text);
}

/** Ends a process at the `nth` time that it comes to a step. */
export function crashAt(step: Step, nth = 1): Faults {
  let seen = 0;
  return {
    before(at) {
      if (at === step && ++seen >= nth) throw new Error(`crash before ${step}`);
    },
  };
}

/** Holds a process up whenever it comes to a step, until released. */
export function holdAt(step: Step): Faults & { release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { before: (at) => at === step ? promise : undefined, release: resolve };
}

export interface Test {
  readonly store: Store;
  readonly uri: string;
  /** Opens the store as another process would. */
  open(faults?: Faults, uri?: string): Promise<Store>;
}

/** A test on a store of its own, with the room in it; left out when `TEST_MONGODB_URI` names no server. */
export function test(name: string, run: (test: Test) => Promise<void>): void {
  if (mongoUri !== undefined) Deno.test(`mongodb: ${name}`, () => withStores(run));
}

async function withStores(run: (test: Test) => Promise<void>): Promise<void> {
  await using fresh = await openTestStore(collections, "mongodb");
  const { store, place } = fresh;
  assert(place.kind === "mongodb");
  const opened: Store[] = [];
  const open = async (faults?: Faults, uri = place.uri) => {
    const other = await openMongoStore({ uri, collections, faults });
    opened.push(other);
    return other;
  };
  await store.create(rooms, ROOM, []);
  try {
    await run({ store, uri: place.uri, open });
  } finally {
    for (const other of opened) await other.close();
  }
}
