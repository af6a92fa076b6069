import type { LocalMessage, MessageView } from "../../client/mod.ts";

/** What a history is made of, from top to bottom. Rows that say the same as before are the same objects. */
export type Row = EdgeRow | DayRow | UnreadRow | SystemRow | MessageRow;

/** Where the loaded stretch begins: the beginning of the conversation, or what is yet to be loaded. */
export interface EdgeRow {
  readonly kind: "edge";
  readonly key: string;
  readonly hasOlder: boolean;
}

export interface DayRow {
  readonly kind: "day";
  readonly key: string;
  /** Any ISO time of that day. */
  readonly time: string;
}

export interface UnreadRow {
  readonly kind: "unread";
  readonly key: string;
}

export interface SystemRow {
  readonly kind: "system";
  readonly key: string;
  readonly local: LocalMessage;
}

export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  readonly local: LocalMessage;
  readonly isOwn: boolean;
  /** Whether it is the first, and the last, of what one person says in one go. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** Whether time and state stand below it: the last of a group, and where the state changes inside one. */
  readonly hasFoot: boolean;
}

export interface RowOptions {
  /** Who reads. */
  readonly userId: string;
  readonly hasOlder: boolean;
  /** The last place that was read when the conversation was opened; `undefined` when there was nothing new. */
  readonly readUpTo: number | undefined;
}

/** Minutes of silence after which someone begins anew. */
const PAUSE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** When a message was sent, and on which day of the calendar where the reader is. */
interface Moment {
  readonly ms: number;
  readonly day: number;
}

/** Reading a time takes longer than all else of a row, and thousands are laid out anew with every message. */
const moments = new WeakMap<MessageView, Moment>();

/** Lays out messages: days, the line before what is new, and groups of what one person says in one go. */
export function buildRows(
  messages: readonly LocalMessage[],
  options: RowOptions,
  before: readonly Row[] = [],
): Row[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const rows: Row[] = [];
  const add = (row: Row) => void rows.push(kept(known.get(row.key), row));
  if (messages.length > 0 || options.hasOlder) add({ kind: "edge", key: "edge", hasOlder: options.hasOlder });
  let isMarked = options.readUpTo === undefined;
  messages.forEach((local, index) => {
    const [previous, next] = [messages[index - 1], messages[index + 1]];
    const startsDay = !previous || momentOf(previous).day !== momentOf(local).day;
    if (startsDay) add({ kind: "day", key: `day ${momentOf(local).day}`, time: local.message.createdAt });
    const startsNew = !isMarked && isNew(local, options);
    if (startsNew) add({ kind: "unread", key: "unread" });
    isMarked ||= startsNew;
    if (local.message.content.type === "system") return add({ kind: "system", key: keyOf(local), local });
    const opens = startsDay || startsNew || !previous || !goOn(previous, local);
    const nextIsNew = !isMarked && next !== undefined && isNew(next, options);
    const closes = !next || nextIsNew || momentOf(local).day !== momentOf(next).day || !goOn(local, next);
    const hasFoot = closes || local.state === "failed" || local.state !== next.state;
    const isOwn = local.message.senderId === options.userId;
    add({ kind: "message", key: keyOf(local), local, isOwn, opens, closes, hasFoot });
  });
  return rows;
}

/** What a message is known by from the moment that it is sent. */
export function keyOf({ clientId, message }: LocalMessage): string {
  return clientId === null ? message.id : `${message.senderId} ${clientId}`;
}

/** The place of the message that a row shows; 0 of other rows and of messages on their way. */
export function seqOf(row: Row): number {
  return "local" in row ? row.local.message.seq : 0;
}

/** The row that shows the message of a place, or the first one after it. */
export function rowOfSeq(rows: readonly Row[], seq: number): Row | undefined {
  return rows.find((row) => seqOf(row) >= seq);
}

function isNew({ message }: LocalMessage, { userId, readUpTo = 0 }: RowOptions): boolean {
  return message.seq > readUpTo && message.senderId !== userId;
}

function goOn(one: LocalMessage, next: LocalMessage): boolean {
  const [a, b] = [one.message, next.message];
  return a.senderId === b.senderId && a.content.type !== "system" && b.content.type !== "system" &&
    momentOf(next).ms - momentOf(one).ms < PAUSE_MS;
}

function momentOf({ message }: LocalMessage): Moment {
  const known = moments.get(message);
  if (known) return known;
  const date = new Date(message.createdAt);
  const ms = date.getTime();
  const moment = { ms, day: Math.floor((ms - date.getTimezoneOffset() * MINUTE_MS) / DAY_MS) };
  moments.set(message, moment);
  return moment;
}

function kept(old: Row | undefined, row: Row): Row {
  return old && isSame(old, row) ? old : row;
}

function isSame(old: Row, row: Row): boolean {
  if (old.kind === "message" && row.kind === "message") {
    return old.local === row.local && old.opens === row.opens && old.closes === row.closes &&
      old.hasFoot === row.hasFoot;
  }
  if (old.kind === "system" && row.kind === "system") return old.local === row.local;
  if (old.kind === "edge" && row.kind === "edge") return old.hasOlder === row.hasOlder;
  return old.kind === row.kind;
}
