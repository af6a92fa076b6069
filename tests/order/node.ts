import { MemoryPresence } from "../../src/adapters/presence_memory.ts";
import type { Clock, Stop } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { hearTurns, publishHint } from "../../src/order/publish.ts";
import { writerTopic } from "../../src/order/turns.ts";
import { Writer } from "../../src/order/writer.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Store } from "../../src/ports/store.ts";
import { Gateway } from "../../src/realtime/gateway.ts";
import type { People, Views } from "../../src/realtime/views.ts";
import { Crashed } from "./schedule.ts";
import type { Process, Schedule } from "./schedule.ts";

/** So long that writers also lose for long enough to ask for turns. */
const STEP_MS = 4;

/** Time goes on by steps; what is to happen later happens when chance will have it. */
class ModelClock implements Clock {
  readonly #later = new Set<() => void>();
  readonly #schedule: Schedule;

  constructor(schedule: Schedule, process: Process) {
    this.#schedule = schedule;
    schedule.add({
      weight: () => process.alive && this.#later.size > 0 ? 0.2 : 0,
      happen: () => {
        const task = schedule.random.pick([...this.#later]);
        if (task && this.#later.delete(task)) task();
      },
    });
  }

  now(): number {
    return this.#schedule.steps * STEP_MS;
  }

  after(_ms: number, task: () => void): Stop {
    this.#later.add(task);
    return () => void this.#later.delete(task);
  }

  every(): Stop {
    return () => {};
  }
}

/** Shows records as they are. */
export const views: Views = {
  messages: (_head, records) => Promise.resolve(records),
  committed: (_head, records) => Promise.resolve(records),
  conversations: (memberships) => Promise.resolve(memberships.map(({ head }) => head)),
  participants: (records) => Promise.resolve(records),
};

const people: People = {
  visible: () => Promise.resolve(new Map()),
  watchable: () => Promise.resolve([]),
  recordSeen: () => Promise.resolve(),
  blockedAmong: () => Promise.resolve(new Set()),
};

const unlimited = { heartbeatMs: 30_000, maxMessageLength: 8_000, messages: 0, maxConnectionsPerUser: 0 };

/** How a node reaches what the nodes share. */
export interface Ways {
  openStore(process: Process): Store;
  joinBus(process: Process): Bus;
}

/** A node of the service: it writes for those who call it, and tells those who are connected. */
export class ModelNode implements Process {
  readonly name: string;
  readonly store: Store;
  readonly writer: Writer;
  readonly gateway: Gateway;
  alive = true;
  readonly #clock: Clock;
  readonly #ended = Promise.withResolvers<never>();

  constructor(name: string, schedule: Schedule, ways: Ways) {
    this.name = name;
    this.#ended.promise.catch(() => undefined);
    const clock = this.#clock = new ModelClock(schedule, this);
    const bus = ways.joinBus(this);
    const store = this.store = ways.openStore(this);
    this.writer = new Writer({
      ...{ store, clock, instance: name },
      publish: (hint) => publishHint(bus, hint),
      tell: (other, signal) => bus.publish(writerTopic(other), signal),
    });
    void hearTurns(bus, name, this.writer);
    this.gateway = new Gateway({
      store,
      bus,
      clock,
      views,
      people,
      presence: new MemoryPresence(),
      log: silentLogger,
      commands: [],
      limits: unlimited,
      verify: () => Promise.reject(new Error("nobody signs in here")),
      takeMessage: () => Promise.resolve(),
      region: "",
      instance: name,
    });
  }

  /** Milliseconds of the run so far. */
  now(): number {
    return this.#clock.now();
  }

  /** What a caller is answered with; `Crashed` when the node ends before it answers. */
  call<T>(answer: Promise<T>): Promise<T> {
    return Promise.race([answer, this.#ended.promise]);
  }

  /** Ends the node; its callers and its sockets hear no more of it. */
  crash(schedule: Schedule): void {
    schedule.crash(this);
    this.#ended.reject(new Crashed(`${this.name} has ended`));
  }
}
