import { newId } from "../../src/kernel/ids.ts";
import { collection } from "../../src/ports/store.ts";
import type { AnyCollection, Doc, Head, Store, Under, Write } from "../../src/ports/store.ts";
import type { TestStore } from "../support/store.ts";

/** What every store must do: a name, which is a sentence, and the proof, on a store of its own. */
export interface StoreCase {
  readonly name: string;
  readonly run: (test: TestStore) => Promise<void>;
}

/** A record with each kind of field. */
export interface Item extends Doc {
  readonly shelf: string;
  readonly place: number;
  readonly tag: string | null;
  readonly flag: boolean;
  readonly size: number;
  readonly expiresAt: string | null;
  readonly body: unknown;
}

export const items = collection<Item>({
  name: "items",
  unique: [["shelf", "place"]],
  indexes: [["tag", "size", "id"], ["flag", "size"]],
  expires: "expiresAt",
});

/** A head, and the records under it. */
export interface Room extends Head {
  readonly title: string;
  readonly seq: number;
}

export interface Line extends Under {
  readonly room: string;
  readonly seq: number;
  readonly text: string;
}

export const rooms = collection<Room>({ name: "rooms", unique: [["title"]] });
export const lines = collection<Line>({
  name: "lines",
  unique: [["room", "seq"]],
  indexes: [["room", "rev"]],
});

export const samples: readonly AnyCollection[] = [items, rooms, lines];

let places = 0;

/** An item that differs from all others in its key. */
export function item(fields: Partial<Item> = {}): Item {
  const place = ++places;
  const rest = { shelf: "s", tag: null, flag: false, size: 0, expiresAt: null, body: null };
  return { id: newId(), place, ...rest, ...fields };
}

export function room(fields: Partial<Room> = {}): Room {
  const id = newId();
  return { id, rev: 1, seq: 0, title: `room ${id}`, ...fields };
}

export function line(under: Room, seq: number, fields: Partial<Line> = {}): Line {
  return {
    id: `${under.id}-${seq}`,
    room: under.id,
    seq,
    rev: under.rev + seq,
    text: `line ${seq}`,
    ...fields,
  };
}

export function insertOf(record: Under, into: AnyCollection = lines): Write {
  return { into, insert: record };
}

/** The lines of a room in the order of their places, as a reader through the head sees them. */
export async function readLines(store: Store, id: string): Promise<Line[]> {
  const under = await store.heads(rooms, [id]);
  return await store.find(lines, { where: { room: id }, order: [["seq", "asc"]] }, under);
}

/** Advances a room by one line until that wins, against whoever else does so. Answers the `rev` that it took. */
export async function appendLine(store: Store, id: string, text: string): Promise<number> {
  for (;;) {
    const head = await store.open(rooms, id);
    if (!head) throw new Error(`there is no room ${id}`);
    const rev = head.rev + 1;
    const seq = head.seq + 1;
    const writes = [insertOf({ id: `${id}-${seq}`, rev, room: id, seq, text } as Line)];
    if (await store.commit({ heads: rooms, id, ifRev: head.rev, set: { rev, seq }, writes })) return rev;
  }
}

/** Inserts items, and answers them. */
export async function stock(store: Store, all: readonly Partial<Item>[]): Promise<Item[]> {
  const made = all.map((fields) => item(fields));
  await Promise.all(made.map((record) => store.insert(items, record)));
  return made;
}
