import { z } from "zod";
import { overloaded } from "../kernel/backoff.ts";
import { iso } from "../kernel/clock.ts";
import { notFound, ParleyError } from "../kernel/errors.ts";
import type { Pressure } from "../kernel/pressure.ts";
import type { Principal } from "../kernel/principal.ts";
import { SAMPLE } from "../kernel/samples.ts";
import { readMembers, readMembership } from "../order/reader.ts";
import type { Store } from "../ports/store.ts";
import { HUB_DOCS } from "./command_docs.ts";
import type { HubEvent } from "./command_docs.ts";
import type { Connection } from "./connection.ts";
import type { Hub } from "./hub.ts";
import type { Meters } from "./meters.ts";
import type { Presence } from "./presence.ts";
import type { UploadProgress } from "./progress.ts";
import { scopeOf } from "./protocol.ts";
import type { Resumption } from "./resume.ts";
import { Answer } from "./session.ts";
import type { DescribedCommand, SocketCommand } from "./session.ts";
import type { Typing } from "./typing.ts";
import type { People } from "./views.ts";

/** What the hub's own commands work with. */
export interface HubCommandDeps {
  readonly store: Store;
  readonly hub: Hub;
  readonly resumption: Resumption;
  readonly presence: Presence;
  readonly typing: Typing;
  readonly progress: UploadProgress;
  readonly people: People;
  readonly pressure: Pressure;
  readonly meters: Meters;
  readonly verify: (token: string) => Promise<Principal>;
  /** Takes a connection into the room of a conversation that its user is a member of. */
  readonly enter: (connection: Connection, conversationId: string) => Promise<void>;
  /** A connection opened or closed a conversation: told to those who have it open, if it is the user's only one. */
  readonly tellOpened: (connection: Connection, conversationId: string, opened: boolean) => void;
}

/** Cursors of one `resume`, its parts together. */
export const MAX_CURSORS = 20_000;
/** Users that one connection may watch. */
const MAX_WATCHED = 200;
/** Members whose receipts and presence `joined_conversation` tells. */
const MEMBERS_TOLD = 100;

const conversationId = z.string().regex(/^[0-9A-Za-z]{1,64}$/, "Must be the id of a conversation")
  .meta({ examples: [SAMPLE.conversation] });
const ofConversation = z.object({ conversationId });

/** The commands that are about the connection itself, and about what is not kept. */
export function hubCommands(deps: HubCommandDeps): ReadonlyMap<string, DescribedCommand> {
  const inTurn = turns();
  const commands: Readonly<Record<HubEvent, SocketCommand>> = {
    resume: resume(deps),
    authenticate: authenticate(deps),
    ping: { data: z.unknown(), early: true, run: () => Promise.resolve(new Answer("pong", {})) },
    join_conversation: inTurn(
      own(ofConversation, ({ conversationId }, connection) => join(deps, connection, conversationId)),
    ),
    leave_conversation: inTurn(
      own(
        ofConversation,
        ({ conversationId }, connection) => Promise.resolve(leave(deps, connection, conversationId)),
      ),
    ),
    typing_start: own(
      ofConversation,
      ({ conversationId }, connection) => typing(deps, connection, conversationId, true),
    ),
    typing_stop: own(
      ofConversation,
      ({ conversationId }, connection) => typing(deps, connection, conversationId, false),
    ),
    file_upload_progress: fileUploadProgress(deps),
    watch_presence: inTurn(watchPresence(deps)),
  };
  const events = Object.keys(commands) as HubEvent[];
  return new Map(events.map((event) => [event, { ...HUB_DOCS[event], ...commands[event] }]));
}

/** Has commands of one connection that first read something take effect in the order sent all the same. */
function turns(): (command: SocketCommand) => SocketCommand {
  const last = new WeakMap<Connection, Promise<unknown>>();
  return (command) => ({
    ...command,
    run(data, connection) {
      const before = last.get(connection) ?? Promise.resolve();
      const running = before.then(() => command.run(data, connection));
      last.set(connection, running.catch(() => undefined));
      return running;
    },
  });
}

/** A command with its data typed by its schema. */
function own<D>(
  data: z.ZodType<D>,
  run: (data: D, connection: Connection) => Promise<object | undefined>,
  early = false,
): SocketCommand {
  return { data, early, run: (value, connection) => run(value as D, connection) };
}

/** What the parts of one `resume` have said so far. */
interface Parts {
  readonly cursors: Map<string, number>;
  sameEpoch: boolean;
}

function resume({ store, resumption }: HubCommandDeps): SocketCommand {
  const parts = new WeakMap<Connection, Parts>();
  const data = z.object({
    epoch: z.string().max(64).optional().meta({ description: "As your last `synced` had it" }),
    cursors: z.record(conversationId, z.number().int().min(0)).meta({
      description: "The last `rev` that you have, by the id of the conversation",
    }),
    more: z.boolean().optional().meta({ description: "Further parts follow" }),
  }).meta({ examples: [{ epoch: SAMPLE.epoch, cursors: { [SAMPLE.conversation]: SAMPLE.rev } }] });
  return own(data, async ({ epoch, cursors, more }, connection) => {
    if (connection.state !== "greeted") throw new ParleyError("already_resumed");
    const known = parts.get(connection) ?? { cursors: new Map(), sameEpoch: true };
    parts.set(connection, known);
    for (const [id, rev] of Object.entries(cursors)) known.cursors.set(id, rev);
    known.sameEpoch &&= epoch === undefined || epoch === store.epoch;
    if (known.cursors.size > MAX_CURSORS) {
      throw new ParleyError("invalid_request", `At most ${MAX_CURSORS} cursors.`);
    }
    if (more) return {};
    parts.delete(connection);
    await connection.resume(
      resumption.turnstile.enter(),
      (pass) => resumption.all(connection, known.cursors, known.sameEpoch, pass),
    );
    return new Answer("synced", { epoch: store.epoch });
  }, true);
}

function authenticate({ verify }: HubCommandDeps): SocketCommand {
  const token = z.string().min(1).max(8192).meta({
    description: "An access token",
    examples: ["eyJhbGciOiJ…"],
  });
  return own(z.object({ token }), async ({ token }, connection) => {
    const principal = await verify(token);
    if (principal.userId !== connection.userId || principal.sessionId !== connection.sessionId) {
      throw new ParleyError("forbidden", "The token is of another session.");
    }
    connection.expiresAt = principal.expiresAt;
    return { expiresAt: iso(principal.expiresAt) };
  }, true);
}

async function join(deps: HubCommandDeps, connection: Connection, id: string): Promise<Answer> {
  const { head } = await readMembership(deps.store, id, connection.userId);
  // Who has become a member only now may not have been told so here.
  if (!deps.hub.room(id)?.has(connection)) await deps.enter(connection, id);
  const room = deps.hub.room(id);
  if (!room?.has(connection)) throw notFound();
  const members = await readMembers(deps.store, head, MEMBERS_TOLD);
  const presence = await deps.presence.look(connection.userId, members.map(({ userId }) => userId));
  // Who was removed while this was read has left the room, or is in it again only to be looked at once more.
  if (!room.isSettled(connection)) await readMembership(deps.store, id, connection.userId);
  if (!room.has(connection)) throw notFound();
  if (!room.open.has(connection)) {
    room.open.add(connection);
    deps.tellOpened(connection, id, true);
  }
  const participants = members.map(({ userId, lastReadSeq, lastDeliveredSeq }) => ({
    userId,
    lastReadSeq,
    lastDeliveredSeq,
  }));
  return new Answer("joined_conversation", { seq: head.seq, presence, participants }, scopeOf(id, head.rev));
}

function leave(deps: HubCommandDeps, connection: Connection, id: string): object {
  const room = deps.hub.room(id);
  if (!room?.has(connection)) throw notFound();
  deps.typing.stop(id, connection.userId);
  if (room.open.delete(connection)) deps.tellOpened(connection, id, false);
  return {};
}

/** Membership is what the room knows: it is current to within the hints, and at the latest to within 3 s. */
function typing(
  deps: HubCommandDeps,
  connection: Connection,
  id: string,
  starts: boolean,
): Promise<undefined> {
  if (!deps.hub.room(id)?.has(connection)) return Promise.reject(notFound());
  if (deps.pressure.strained) deps.meters.sheds.typing.add();
  else if (starts) deps.typing.start(id, connection.userId, connection.connectionId);
  else deps.typing.stop(id, connection.userId);
  return Promise.resolve(undefined);
}

function fileUploadProgress({ hub, pressure, meters, progress }: HubCommandDeps): SocketCommand {
  const data = ofConversation.extend({
    uploadId: z.string().regex(/^[\w-]{1,64}$/, "Must be an id").meta({
      description: "The upload's, or one of your own before it has one",
      examples: [SAMPLE.conversation],
    }),
    progress: z.number().min(0).max(100).meta({ description: "Per cent", examples: [50] }),
  });
  return own(data, (said, connection) => {
    const { conversationId } = said;
    if (!hub.room(conversationId)?.has(connection)) return Promise.reject(notFound());
    if (pressure.strained) meters.sheds.typing.add();
    else progress.say({ ...said, userId: connection.userId, origin: connection.connectionId });
    return Promise.resolve(undefined);
  });
}

function watchPresence({ presence, people, pressure, meters }: HubCommandDeps): SocketCommand {
  const userId = z.string().min(1).max(64).meta({ examples: [SAMPLE.other] });
  const data = z.object({ userIds: z.array(userId).max(MAX_WATCHED) });
  return own(data, async ({ userIds }, connection) => {
    if (pressure.strained) {
      meters.sheds.presence.add();
      throw overloaded();
    }
    const allowed = await people.watchable(connection.userId, [...new Set(userIds)]);
    if (connection.state !== "closed") presence.watch(connection, allowed);
    return { presence: await presence.look(connection.userId, allowed) };
  });
}
