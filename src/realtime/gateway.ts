import type { Stop } from "../kernel/clock.ts";
import { newId } from "../kernel/ids.ts";
import { Metrics } from "../kernel/metrics.ts";
import type { Pressure } from "../kernel/pressure.ts";
import { noPressure } from "../kernel/pressure.ts";
import type { Principal } from "../kernel/principal.ts";
import { conversationTopic, isHidden, isJoined, isReceipt } from "../order/changes.ts";
import { readOwnRecords } from "../order/reader.ts";
import type { BusMessage, Unsubscribe } from "../ports/bus.ts";
import { hubCommands } from "./commands.ts";
import { Connection } from "./connection.ts";
import type { GatewayDeps } from "./deps.ts";
import { drainHub } from "./drain.ts";
import { FrameMaker } from "./frames.ts";
import { Hub } from "./hub.ts";
import { Lingering } from "./lingering.ts";
import { Lookout } from "./lookout.ts";
import { Meters } from "./meters.ts";
import { patrol } from "./patrol.ts";
import { Presence } from "./presence.ts";
import type { CloseReason } from "./protocol.ts";
import { encodeChange, encodePush, encodeSignal, MAX_FRAME_BYTES, retryCodes } from "./protocol.ts";
import { UploadProgress } from "./progress.ts";
import { Receipts } from "./receipts.ts";
import { Resumption } from "./resume.ts";
import type { Room } from "./room.ts";
import { Session } from "./session.ts";
import type { DescribedCommand, SessionDeps } from "./session.ts";
import { Shedding } from "./shedding.ts";
import type { RoomSignal } from "./signals.ts";
import { isRoomSignal, isSessionEnded } from "./signals.ts";
import type { Accepted, Transport } from "./transport.ts";
import { Turn } from "./turn.ts";
import { Typing } from "./typing.ts";

/** Commands a connection may send for each message its user may send. */
const COMMANDS_PER_MESSAGE = 10;

/** Everything behind `/ws`: takes sockets in, runs their commands, and passes on what the bus tells. */
export class Gateway {
  readonly hub: Hub;
  readonly presence: Presence;
  readonly meters: Meters;
  /** Everything that clients may send, by its event. */
  readonly commands: ReadonlyMap<string, DescribedCommand>;
  /** Sockets that are no connection's any more. */
  readonly lingering = new Lingering();
  readonly pressure: Pressure;
  /** Whether this node is about to stop, and takes nobody in. */
  draining = false;
  readonly #deps: GatewayDeps;
  readonly #turn = new Turn();
  readonly #receipts: Receipts;
  readonly #resumption: Resumption;
  readonly #typing: Typing;
  readonly #progress: UploadProgress;
  readonly #session: SessionDeps;
  readonly #lookout: Lookout;
  readonly #shedding: Shedding;
  #unlook: Stop = () => {};
  #patrol: Stop = () => {};
  #ungap: Unsubscribe = () => {};

  constructor(deps: GatewayDeps) {
    const { store, clock, bus, log, views, people, presence } = deps;
    this.#deps = deps;
    const { pressure = noPressure(), metrics = new Metrics() } = deps;
    const meters = this.meters = new Meters(metrics);
    this.pressure = pressure;
    const frames = new FrameMaker(store, views);
    const { deliveries, fills } = meters;
    this.hub = new Hub({ store, clock, bus, log, frames, deliveries, fills }, {
      onRoomMessage: (room, message) => this.#onRoomMessage(room, message),
      onUserMessage: (userId, message) => this.#onUserMessage(userId, message),
      onShownOut: (room, connection) => {
        this.#typing.leave(room.conversationId, connection.userId);
        void this.#enter([connection], room.conversationId);
      },
    });
    this.#receipts = new Receipts(clock, this.hub);
    this.#resumption = new Resumption({ store, clock, hub: this.hub, views });
    this.#shedding = new Shedding({ clock, hub: this.hub, pressure, meters });
    this.#typing = new Typing(
      clock,
      (conversationId, userId, isTyping, origin) =>
        this.#signal({ event: "user_typing", conversationId, data: { userId, isTyping }, origin }),
    );
    this.#progress = new UploadProgress(
      clock,
      ({ conversationId, origin, ...data }) =>
        this.#signal({ event: "file_upload_progress", conversationId, data, origin }),
    );
    this.presence = new Presence({
      clock,
      bus,
      presence,
      people,
      hub: this.hub,
      log,
      conversationsOf: this.#conversationsOf,
    });
    this.commands = this.#allCommands();
    this.#session = this.#sessionDeps();
    this.#lookout = new Lookout({
      ...{ store, clock, log },
      hub: this.hub,
      admit: (userId, conversationId) => this.#enter([...this.hub.connectionsOf(userId)], conversationId),
      endedSessions: deps.endedSessions ?? (() => Promise.resolve(new Set())),
    });
  }

  /** Resumptions under way, and those that wait for their turn. */
  get resumptions(): { readonly inside: number; readonly waiting: number } {
    return this.#resumption.turnstile;
  }

  /** Begins to hear of other nodes, and to look after connections. */
  async start(): Promise<void> {
    await this.presence.start();
    this.#lookout.start();
    this.#unlook = this.pressure.onLook(() => this.#shedding.look());
    this.#ungap = this.#deps.bus.onGap(() => void this.#lookout.look(true));
    this.#patrol = patrol(this.hub, this.#deps.clock, this.#deps.limits.heartbeatMs);
  }

  /** Takes nobody in any more and sends everyone away, once `settled` has resolved. */
  async drain(settled: () => Promise<void>): Promise<void> {
    this.draining = true;
    await drainHub(this.hub, this.lingering, this.#deps.clock, settled);
  }

  /** Takes a socket in that has proved who it is, and greets it. */
  accept(transport: Transport, principal: Principal): Accepted {
    const now = this.#deps.clock.now();
    const connection = new Connection(newId(), principal, now, transport, this.#turn, this.#onEnd);
    this.hub.add(connection);
    this.#makeRoom(connection);
    connection.push(encodePush("hello", this.#hello(connection)));
    this.presence.connected(connection).catch((error) => this.#failed("connected", connection, error));
    void this.#confirm(connection);
    return new Session(connection, this.#session);
  }

  /** Sends what is gathered, stops all timers, and waits for a look at the store that is under way. */
  async close(): Promise<void> {
    this.#patrol();
    this.#unlook();
    this.#ungap();
    await this.#lookout.close();
    this.#turn.flush();
    this.hub.close();
    this.#receipts.close();
    this.#typing.close();
    this.#progress.close();
    this.presence.close();
  }

  /** A session that ended while its socket was being opened has told nobody here: first listen, then ask. */
  async #confirm(connection: Connection): Promise<void> {
    try {
      await this.hub.hearing(connection.userId);
      const ended = await this.#deps.endedSessions?.([connection.sessionId]);
      if (ended?.has(connection.sessionId)) connection.close("unauthenticated");
    } catch (error) {
      this.#failed("confirm", connection, error);
      connection.close("restart");
    }
  }

  /** Above the user's limit the connection that has been silent for the longest gives way. */
  #makeRoom(newest: Connection): void {
    const { maxConnectionsPerUser } = this.#deps.limits;
    const own = [...this.hub.connectionsOf(newest.userId)].filter((connection) => connection !== newest);
    if (maxConnectionsPerUser === 0 || own.length < maxConnectionsPerUser) return;
    own.reduce((a, b) => b.heardAt < a.heardAt ? b : a).close("too_many_connections");
  }

  #hello({ connectionId, userId }: Connection): object {
    const { region, instance, store, limits } = this.#deps;
    const { heartbeatMs, maxMessageLength, messages, maxConnectionsPerUser } = limits;
    return {
      connectionId,
      userId,
      region,
      instance,
      epoch: store.epoch,
      heartbeatMs,
      limits: {
        maxFrameBytes: MAX_FRAME_BYTES,
        maxMessageLength,
        messages,
        maxConnectionsPerUser,
        retryCloseCodes: retryCodes(),
      },
    };
  }

  readonly #onEnd = (connection: Connection, reason?: CloseReason): void => {
    this.meters.ended(reason);
    this.lingering.add(connection);
    for (const room of connection.rooms) {
      if (room.open.delete(connection)) this.#tellOpened(connection, room.conversationId, false);
    }
    this.hub.remove(connection);
    // Nobody would be left to say who stayed away: a stopping node's leases run out, as those of a dead one do.
    if (this.draining) return;
    this.presence.disconnected(connection).catch((error) => this.#failed("disconnected", connection, error));
  };

  #allCommands(): ReadonlyMap<string, DescribedCommand> {
    const { store, people, commands, verify } = this.#deps;
    const own = hubCommands({
      store,
      people,
      verify,
      hub: this.hub,
      pressure: this.pressure,
      meters: this.meters,
      resumption: this.#resumption,
      presence: this.presence,
      typing: this.#typing,
      progress: this.#progress,
      enter: (connection, conversationId) => this.#enter([connection], conversationId),
      tellOpened: (connection, conversationId, opened) =>
        this.#tellOpened(connection, conversationId, opened),
    });
    return new Map([...own, ...commands.map((command) => [command.event, command] as const)]);
  }

  #sessionDeps(): SessionDeps {
    const { clock, limits, takeMessage } = this.#deps;
    return {
      now: () => clock.now(),
      commands: this.commands,
      takeMessage: limits.messages === 0 ? undefined : takeMessage,
      commandLimit: limits.messages * COMMANDS_PER_MESSAGE,
      pressure: this.pressure,
      meters: this.meters,
      onEnded: (connection) => this.lingering.delete(connection),
      onFailure: (connection, event, error) => this.#failed(event, connection, error),
    };
  }

  #tellOpened({ connectionId, userId }: Connection, conversationId: string, opened: boolean): void {
    const others = this.hub.room(conversationId)?.open ?? [];
    if ([...others].some((other) => other.userId === userId && other.connectionId !== connectionId)) return;
    const event = opened ? "user_joined" : "user_left";
    this.#signal({ event, conversationId, data: { userId }, origin: connectionId });
  }

  #signal(signal: Omit<RoomSignal, "kind">): void {
    const message: RoomSignal = { kind: "signal", ...signal };
    this.#deps.bus.publish(conversationTopic(signal.conversationId), message);
  }

  #onRoomMessage(room: Room, message: BusMessage): void {
    if (isReceipt(message)) return this.#receipts.hear(room, message);
    if (!isRoomSignal(message)) return;
    const text = encodeSignal(message.event, message.conversationId, message.data);
    for (const connection of room.open) if (connection.connectionId !== message.origin) connection.push(text);
  }

  #onUserMessage(userId: string, message: BusMessage): void {
    const connections = [...this.hub.connectionsOf(userId)];
    if (isSessionEnded(message)) {
      for (const connection of connections) {
        if (connection.sessionId === message.sessionId) connection.close("unauthenticated");
      }
    } else if (isJoined(message)) {
      void this.#enter(connections, message.conversationId);
    } else if (isHidden(message)) {
      this.#hide(connections, message.conversationId, message.rev);
    }
  }

  /**
   * Has connections, those that have resumed or do so now, enter a conversation if they are members of it. Who waits
   * to resume reads of it when the turn has come.
   */
  async #enter(connections: readonly Connection[], conversationId: string): Promise<void> {
    for (const connection of connections) {
      if (connection.state !== "live" && connection.state !== "resuming") continue;
      try {
        await this.#resumption.one(connection, conversationId);
      } catch (error) {
        this.#failed("enter", connection, error);
        connection.close("restart");
      }
    }
  }

  #hide(connections: readonly Connection[], conversationId: string, rev: number): void {
    const room = this.hub.room(conversationId);
    const text = encodeChange("conversation_removed", conversationId, rev, "{}");
    for (const connection of connections) {
      if (!room?.has(connection) || room.outdate(connection)) continue;
      if (room.hide(connection.userId, rev)) connection.push(text);
    }
  }

  readonly #conversationsOf = async (userId: string): Promise<string[]> => {
    return (await readOwnRecords(this.#deps.store, userId)).map(({ conversationId }) => conversationId);
  };

  #failed(event: string, { connectionId, userId }: Connection, error: unknown): void {
    this.#deps.log.error("socket_failed", { event, connectionId, userId }, error);
  }
}
