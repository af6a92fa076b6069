import { ParleyError } from "../../src/kernel/errors.ts";
import type { Message } from "../../src/order/records.ts";
import { conversations, messages } from "../../src/order/records.ts";
import { readHeads } from "../../src/order/reader.ts";
import type { Store } from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { audit, compare, readFresh } from "./audit.ts";
import { admit, dismiss, edit, react, remove, rename, send, strip } from "./changes.ts";
import { newGroup } from "./group.ts";
import { Ledger } from "./ledger.ts";
import { Network } from "./network.ts";
import { ModelNode } from "./node.ts";
import { Random } from "./random.ts";
import { Reader } from "./reader.ts";
import { Crashed, Schedule } from "./schedule.ts";
import type { Process } from "./schedule.ts";

/** What the nodes of a run store things in. */
export interface Backend {
  /** A process's own way to the store. */
  open(process: Process): Store;
  /** Nothing goes wrong any more. */
  heal(): void;
}

/** How a run is made up. */
export interface RunOptions {
  readonly seed: number;
  readonly backend: (schedule: Schedule) => Backend;
  /** Whether the store is reached over sockets, so that there is something to wait for outside. */
  readonly outside?: boolean;
  /** Only messages are sent and changed: nobody comes or goes. */
  readonly messagesOnly?: boolean;
}

const NODES = 3;
const CRASHES = 2;
/** How often a caller tries before it gives up. */
const TRIES = 6;

/**
 * One history of a conversation, told by a seed: several nodes write and read it and may end at any step, callers try
 * again elsewhere, readers come and go. Answers what was promised and not kept: nothing, if all is well.
 */
export async function runModel(options: RunOptions): Promise<Ledger> {
  return await new Model(options).run();
}

class Model {
  readonly #id: string;
  readonly #messagesOnly: boolean;
  readonly #random: Random;
  readonly #schedule: Schedule;
  readonly #network: Network;
  readonly #backend: Backend;
  readonly #ledger = new Ledger();
  readonly #users: readonly string[];
  #nodes: ModelNode[] = [];
  #started = 0;
  #crashes = 0;
  #sent = 0;

  constructor({ seed, backend, outside, messagesOnly = false }: RunOptions) {
    this.#id = `c${seed}`;
    this.#users = ["ann", "ben", "cyd", "dan"].map((name) => `${name}${seed}`);
    this.#messagesOnly = messagesOnly;
    this.#random = new Random(seed);
    this.#schedule = new Schedule(this.#random, outside);
    this.#network = new Network(this.#schedule);
    this.#backend = backend(this.#schedule);
  }

  async run(): Promise<Ledger> {
    for (let i = 0; i < NODES; i++) this.#start();
    await this.#schedule.run(this.#create());
    this.#schedule.add({ weight: () => this.#crashes < CRASHES ? 0.06 : 0, happen: () => this.#crash() });
    const readers = this.#users.map((userId) => new Reader(userId, this.#id, this.#ledger));
    try {
      await this.#schedule.run(Promise.all([...this.#actors(), ...readers.map((one) => this.#read(one))]));
      await this.#check(readers);
    } catch (error) {
      this.#ledger.fault(String(error));
    }
    for (const reader of readers) reader.disconnect();
    await this.#schedule.settle();
    for (const node of this.#nodes) node.gateway.close();
    return this.#ledger;
  }

  async #check(readers: readonly Reader[]): Promise<void> {
    this.#crashes = CRASHES;
    this.#schedule.calm = true;
    this.#backend.heal();
    this.#network.heal();
    await this.#schedule.settle();
    const node = this.#start();
    // The first write of a node that knows nothing finds everything as it was left.
    const last = node.writer.write(this.#id, send(this.#ann, "last", "the end"));
    this.#ledger.sent("last", await this.#schedule.run(last));
    await this.#schedule.settle();
    const fresh = await this.#schedule.run(readFresh(node.store, this.#id));
    audit(fresh, this.#ledger);
    for (const reader of readers) {
      if (reader.connected && reader.cursor !== undefined) compare(reader, fresh, this.#ledger);
    }
    for (const reader of readers) await this.#schedule.run(reader.connect(node));
    await this.#schedule.settle();
    for (const reader of readers) compare(reader, fresh, this.#ledger);
  }

  get #ann(): string {
    return this.#users[0] ?? "";
  }

  #start(): ModelNode {
    const name = `n${++this.#started}`;
    const node = new ModelNode(name, this.#schedule, {
      openStore: (process) => this.#backend.open(process),
      joinBus: (process) => this.#network.join(process),
    });
    this.#nodes.push(node);
    return node;
  }

  /** Ends a node; another takes its place. */
  #crash(): void {
    this.#crashes++;
    const node = this.#random.pick(this.#nodes);
    this.#start();
    this.#nodes = this.#nodes.filter((one) => one !== node);
    node?.crash(this.#schedule);
  }

  async #create(): Promise<void> {
    const { head, writes } = newGroup(this.#id, this.#users);
    await this.#persist((node) => node.store.create(conversations, head, writes));
  }

  #actors(): Promise<void>[] {
    const writers = [0, 1, 2, 3].map(() => this.#talk());
    const changers = [0, 1, 2].map(() => this.#alter());
    return [...writers, ...changers, ...this.#messagesOnly ? [] : [this.#govern()]];
  }

  /** Sends some messages, one or several at once. */
  async #talk(): Promise<void> {
    for (let round = this.#random.between(1, 2); round > 0; round--) {
      await this.#pause();
      const user = this.#random.pick(this.#users) ?? this.#ann;
      const count = this.#random.between(1, 3);
      await Promise.all(Array.from({ length: count }, () => this.#say(user)));
    }
  }

  /** Sends a message, now and then from two nodes at once. */
  async #say(userId: string): Promise<void> {
    const clientId = `k${++this.#sent}`;
    const attempt = () =>
      this.#persist(
        (node) => node.writer.write(this.#id, send(userId, clientId, `text of ${clientId}`)),
        (message) => this.#ledger.sent(clientId, message),
      );
    await Promise.all(this.#random.chance(0.2) ? [attempt(), attempt()] : [attempt()]);
  }

  /** Changes some messages. */
  async #alter(): Promise<void> {
    for (let round = this.#random.between(1, 4); round > 0; round--) {
      await this.#pause();
      const message = this.#random.pick([...this.#ledger.acknowledged.values()]);
      const user = this.#random.pick(this.#users) ?? this.#ann;
      if (!message) continue;
      const change = this.#random.pick([
        edit(user, message.id, `edit ${this.#random.below(1000)}`),
        edit(user, message.id, `edit ${this.#random.below(1000)}`),
        react(user, message.id, this.#random.pick(["👍", "🎉", "👀"]) ?? ""),
        react(user, message.id, this.#random.pick(["👍", "🎉", "👀"]) ?? ""),
        remove(user, message.id),
      ]);
      if (!change) continue;
      await this.#persist((node) => node.writer.write(this.#id, change), (changed, node) => {
        this.#ledger.answered(changed);
        return this.#random.chance(0.3) ? this.#visible(changed, node) : undefined;
      });
    }
  }

  /** Whoever asks the node that has answered sees what it has answered. */
  async #visible({ id, rev }: Message, node: ModelNode): Promise<void> {
    const [head] = await node.call(readHeads(node.store, [this.#id]));
    if (!head) return;
    const [found] = await node.call(node.store.find(messages, { where: { id } }, [head]));
    if (!found || found.rev < rev) {
      this.#ledger.fault(`${id} was answered at ${rev}, and then read at ${found?.rev}`);
    }
  }

  /** Lets people go and come back, gives the conversation a name, strips what is old. */
  async #govern(): Promise<void> {
    for (let round = this.#random.between(1, 6); round > 0; round--) {
      await this.#pause();
      const user = this.#random.pick(this.#users.slice(1)) ?? "";
      const change = this.#random.pick([
        dismiss(this.#ann, user),
        dismiss(this.#ann, user),
        admit(this.#ann, user),
        admit(this.#ann, user),
        rename(this.#ann, `name ${round}`),
        strip(this.#random.between(1, 2)),
      ]);
      if (change) await this.#persist((node) => node.writer.write(this.#id, change));
    }
  }

  /** Connects a reader again and again, now and then breaking off. */
  async #read(reader: Reader): Promise<void> {
    for (let round = this.#random.between(1, 4); round > 0; round--) {
      await this.#pause();
      const node = this.#random.pick(this.#nodes);
      if (node) await reader.connect(node);
      await reader.fetching;
      await this.#pause();
      if (this.#random.chance(0.5)) reader.disconnect();
    }
  }

  /** Calls nodes until one answers; refusals and giving up are answers, too. */
  async #persist<T>(
    call: (node: ModelNode) => Promise<T>,
    onAnswer?: (value: T, node: ModelNode) => void | Promise<void>,
  ): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const node = this.#random.pick(this.#nodes);
      if (!node) return;
      try {
        const value = await node.call(call(node));
        return await onAnswer?.(value, node);
      } catch (error) {
        if (error instanceof ParleyError && error.code === "not_found") return;
        if (!isTransient(error)) throw error;
      }
    }
  }

  async #pause(): Promise<void> {
    for (let steps = this.#random.below(25); steps > 0; steps--) await this.#schedule.gate();
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof ParleyError) return error.code === "store_unavailable";
  return error instanceof Crashed || error instanceof StoreUnavailable;
}
