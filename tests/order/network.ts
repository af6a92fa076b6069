import type { Bus, BusMessage, Unsubscribe } from "../../src/ports/bus.ts";
import type { Process, Schedule } from "./schedule.ts";

interface Parcel {
  readonly to: NetworkBus;
  readonly topic: string;
  readonly text: string;
}

/** Carries what nodes tell each other about conversations, users and turns: late, in any order, twice, or not at all. */
export class Network {
  readonly #nodes = new Set<NetworkBus>();
  readonly #parcels: Parcel[] = [];
  readonly #schedule: Schedule;
  #faulty = true;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    schedule.add({
      weight: () => Math.min(this.#parcels.length, 3),
      happen: () => this.#deliver(),
    });
  }

  join(process: Process): Bus {
    const bus = new NetworkBus(process, (from, topic, message) => this.#send(from, topic, message));
    this.#nodes.add(bus);
    return bus;
  }

  /** Nothing is lost from here on, and everyone is told that something was. */
  heal(): void {
    this.#faulty = false;
    for (const node of this.#nodes) node.tellGap();
  }

  #send(from: NetworkBus, topic: string, message: BusMessage): void {
    if (!/^[cuw]:/.test(topic)) return;
    const text = JSON.stringify(message);
    for (const to of this.#nodes) if (to !== from) this.#parcels.push({ to, topic, text });
  }

  #deliver(): void {
    const { random } = this.#schedule;
    const i = random.below(this.#parcels.length);
    const fate = this.#faulty ? random.next() : 1;
    const parcel = this.#parcels[i];
    if (!parcel) return;
    if (fate < 0.2) return void this.#parcels.splice(i, 1);
    if (fate > 0.35) this.#parcels.splice(i, 1);
    parcel.to.hear(parcel.topic, JSON.parse(parcel.text));
  }
}

type Listener = (message: BusMessage) => void;

/** One node's end of the network. */
class NetworkBus implements Bus {
  readonly #process: Process;
  readonly #send: (from: NetworkBus, topic: string, message: BusMessage) => void;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #gaps = new Set<() => void>();

  constructor(process: Process, send: (from: NetworkBus, topic: string, message: BusMessage) => void) {
    this.#process = process;
    this.#send = send;
  }

  publish(topic: string, message: BusMessage): void {
    if (!this.#process.alive) return;
    this.hear(topic, message);
    this.#send(this, topic, message);
  }

  subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return Promise.resolve(() => void listeners.delete(listener));
  }

  onGap(listener: () => void): Unsubscribe {
    this.#gaps.add(listener);
    return () => this.#gaps.delete(listener);
  }

  hear(topic: string, message: BusMessage): void {
    if (this.#process.alive) { for (const listener of this.#listeners.get(topic) ?? []) listener(message); }
  }

  tellGap(): void {
    if (this.#process.alive) { for (const listener of this.#gaps) listener(); }
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}
