import { assert, assertEquals } from "@std/assert";
import { Cluster } from "../support/cluster.ts";
import { pause, until } from "../support/cluster_random.ts";
import { startProxy } from "../support/cluster_proxy.ts";
import { Stage } from "../support/cluster_stage.ts";
import { OPCODE, RawSocket } from "../support/raw_socket.ts";
import type { TestUser } from "../support/rest.ts";
import { connect, connectLive } from "../support/socket.ts";
import type { Fault } from "./fault.ts";
import { ms, outcome } from "./fault.ts";

const MB = 1024 ** 2;
const MAX_MEMORY_MB = 300;
const ATTACKERS = 8;
/** What each attacker sends at once, and how often. */
const PART = new Uint8Array(512 * 1024).fill(120);
const EVERY_MS = 40;
const OVER_MS = 40_000;

export const endlessMessages: Fault = {
  name: `${ATTACKERS} messages without end`,
  promise:
    "messages without end cost those who send them their sockets, before they cost the node its memory",
  services: false,
  async run(seed) {
    const env = { MAX_MEMORY: `${MAX_MEMORY_MB}MB` };
    await using cluster = await Cluster.start({ nodes: 1, embedded: true, env });
    await using stage = await Stage.set(cluster, { seed, writers: 8, readers: 4, conversations: 2 });
    const evil = await cluster.rest().register("evil");
    const watch = new MemoryWatch(cluster);
    const took: number[] = [];
    await stage.write(100, async () => {
      await pause(1_000);
      const began = performance.now();
      const attacks = Array.from({ length: ATTACKERS }, async () => {
        await attack(cluster, evil);
        took.push(performance.now() - began);
      });
      await Promise.all(attacks);
      await until(() => watch.now < MAX_MEMORY_MB * 0.9, OVER_MS, () => `memory is at ${watch.now} MB still`);
      await pause(1_000);
    });
    await watch.stop();
    assert(watch.most > MAX_MEMORY_MB, `memory rose to ${watch.most} MB only`);
    assert(watch.most < 2 * MAX_MEMORY_MB, `memory rose to ${watch.most} MB`);
    const sentAway = (clients: readonly { ends: readonly number[] }[]) => clients.flatMap(({ ends }) => ends);
    assertEquals(sentAway(stage.writers), [], "nobody who talked was sent away");
    // Who only listens cannot be told from who sends one message without end, and comes back.
    assert(sentAway(stage.clients).every((code) => code === 1012), "who listened was sent away for good");
    using late = await connect(cluster.url(0), evil);
    await late.end();
    const figures = await stage.audit();
    return outcome(
      figures,
      `memory at most ${Math.round(watch.most)} MB, bound ${MAX_MEMORY_MB} MB, all cut off after ${
        ms(Math.max(...took))
      }`,
    );
  },
};

/** Sends one message that does not end, answering pings, until the server ends it. */
async function attack(cluster: Cluster, { token }: TestUser): Promise<void> {
  using socket = await RawSocket.open(cluster.url(0), { authorization: `Bearer ${token}` });
  await socket.readTo("hello");
  const ended = socket.readToEnd();
  const sending = (async () => {
    for (let opcode: number = OPCODE.text;; opcode = OPCODE.continuation) {
      await socket.frame(opcode, PART, false);
      await socket.frame(OPCODE.pong, "");
      await pause(EVERY_MS);
    }
  })().catch(() => undefined);
  await Promise.all([ended, sending]);
}

/** Looks at the first node's resident memory, in MB, until it is stopped. */
class MemoryWatch {
  now = 0;
  most = 0;
  readonly #looking: Promise<void>;
  #stopped = false;

  constructor(cluster: Cluster) {
    this.#looking = this.#look(cluster);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  async #look(cluster: Cluster): Promise<void> {
    while (!this.#stopped) {
      const { body } = await cluster.rest().call(undefined, "GET /metrics");
      this.now = Number(/^parley_resident_bytes (\S+)$/m.exec(body)?.[1]) / MB;
      this.most = Math.max(this.most, this.now);
      await pause(50);
    }
  }
}

const HEARTBEAT_MS = 500;
const GONE_MS = 20_000;

export const vanished: Fault = {
  name: "a client whose machine vanishes",
  promise: "a client that vanishes without a word is gone after two heartbeats, for those who watch it too",
  services: false,
  async run() {
    const env = { HEARTBEAT_MS: `${HEARTBEAT_MS}` };
    await using cluster = await Cluster.start({ nodes: 1, embedded: true, env });
    const rest = cluster.rest();
    const [ann, ben] = await rest.users("ann", "ben");
    const id = await rest.group(ann, [ben]);
    await using proxy = await startProxy(cluster.url(0));
    using watcher = await connectLive(cluster.url(0), ben);
    const beating = setInterval(() => watcher.tell("ping"), HEARTBEAT_MS);
    using lost = await connectLive(proxy.url.replace(/\/$/, ""), ann);
    const own = setInterval(() => lost.tell("ping"), HEARTBEAT_MS);
    await watcher.do("join_conversation", { conversationId: id });
    await pause(4 * HEARTBEAT_MS);
    assert(!watcher.unseen.includes("user_offline"), "it is there while it is heard");
    proxy.swallow();
    const began = performance.now();
    const sockets = async () => {
      const { body } = await rest.call(undefined, "GET /metrics");
      return ["connections", "lingering_sockets"].map((name) =>
        Number(new RegExp(`^parley_${name} (.*)$`, "m").exec(body)?.[1])
      ).join();
    };
    await until(
      async () => (await sockets()).startsWith("1,"),
      GONE_MS,
      () => "its connection is there still",
    );
    const goneMs = performance.now() - began;
    await watcher.next("user_offline");
    const toldMs = performance.now() - began;
    await until(async () => (await sockets()) === "1,0", GONE_MS, () => "its socket is there still");
    const endedMs = performance.now() - began;
    for (const timer of [beating, own]) clearInterval(timer);
    await watcher.end();
    const notes = `gone ${ms(goneMs)}, others told ${ms(toldMs)}, its socket ended ${
      ms(endedMs)
    } after (heartbeat ${ms(HEARTBEAT_MS)})`;
    return { acknowledged: 0, lost: 0, doubled: 0, holes: 0, catchUpMs: 0, notes };
  },
};
