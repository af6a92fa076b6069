import type { WatchedLimiter } from "./http/limits.ts";
import type { MemoryUsage } from "./kernel/memory.ts";
import type { Metrics } from "./kernel/metrics.ts";
import type { Pressure } from "./kernel/pressure.ts";
import type { Hint } from "./order/changes.ts";
import type { WriterStore } from "./order/plan.ts";
import type { Bus, ObservedBus } from "./ports/bus.ts";
import type { Limiter } from "./ports/limiter.ts";
import type { Gateway } from "./realtime/gateway.ts";

/** A writer's store whose commits are timed. */
export function timedStore(store: WriterStore, metrics: Metrics): WriterStore {
  const seconds = metrics.histogram(
    "parley_commit_seconds",
    "Commits that the store answered, by their duration",
  );
  const failures = metrics.counter(
    "parley_commit_failures_total",
    "Commits that the store gave no answer to",
  );
  return {
    open: (from, id) => store.open(from, id),
    heads: (from, ids) => store.heads(from, ids),
    find: (from, query, under) => store.find(from, query, under),
    async commit(change) {
      const began = performance.now();
      try {
        const done = await store.commit(change);
        seconds.observe((performance.now() - began) / 1000);
        return done;
      } catch (error) {
        failures.add();
        throw error;
      }
    },
  };
}

/** A limiter whose failures are counted, by what became of the request. */
export function watchedLimiter(limiter: Limiter, metrics: Metrics): WatchedLimiter {
  const failures = metrics.counters(
    "parley_limiter_failures_total",
    "Requests about which the limiter could not be asked",
    "became",
    ["passed", "refused"],
  );
  return {
    take: (budget, key) => limiter.take(budget, key),
    close: () => limiter.close(),
    onFailure: (became) => failures[became].add(),
  };
}

/** Counts the messages of each commit that is hinted at. */
export function messageCounter(metrics: Metrics): (hint: Hint) => void {
  const messages = metrics.counter("parley_messages_total", "Messages that were stored");
  return ({ changes }) => messages.add(changes.filter(({ event }) => event === "new_message").length);
}

/** Has what the gateway, the bus and the process know of themselves read when the numbers are. */
export function readGauges(metrics: Metrics, gateway: Gateway, bus: Bus & Partial<ObservedBus>): void {
  const { hub, lingering, pressure } = gateway;
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.reads("gauge", `parley_${name}`, help, read);
  gauge("connections", "Connections", () => hub.size);
  gauge(
    "lingering_sockets",
    "Sockets whose connection is over and that have not ended",
    () => lingering.size,
  );
  gauge("rooms", "Conversations that have a room, and with it a feed", () => hub.roomCount);
  gauge("resumptions_running", "Resumptions that read", () => gateway.resumptions.inside);
  gauge("resumptions_waiting", "Resumptions that wait for their turn", () => gateway.resumptions.waiting);
  gauge("draining", "Whether the node is about to stop", () => Number(gateway.draining));
  readPressure(gauge, pressure);
  if (bus.stats) readBus(metrics, () => bus.stats?.());
}

type Gauge = (name: string, help: string, read: () => number) => void;

function readPressure(gauge: Gauge, pressure: Pressure): void {
  gauge(
    "refusing",
    "Whether new sockets are refused for want of memory or time",
    () => Number(pressure.full),
  );
  gauge("loop_delay_seconds", "Delay of the event loop, smoothed", () => pressure.loopDelayMs / 1000);
  const memory = (name: string, help: string, of: keyof MemoryUsage) =>
    gauge(name, help, () => pressure.usage[of]);
  gauge("max_memory_bytes", "Resident memory above which new sockets are refused; 0 is no limit", () => {
    return pressure.maxMemory;
  });
  memory("resident_bytes", "Resident memory", "rss");
  memory("heap_bytes", "JavaScript's heap, the free part included", "heapTotal");
  memory("heap_used_bytes", "JavaScript's heap, without the free part", "heapUsed");
}

function readBus(metrics: Metrics, stats: () => ReturnType<ObservedBus["stats"]> | undefined): void {
  const counter = (name: string, help: string, of: "published" | "received" | "dropped" | "gaps") =>
    metrics.reads("counter", `parley_bus_${name}_total`, help, () => stats()?.[of] ?? 0);
  const gauge = (name: string, help: string, of: "topics" | "connected") =>
    metrics.reads("gauge", `parley_bus_${name}`, help, () => Number(stats()?.[of] ?? 0));
  gauge("topics", "Topics that are subscribed", "topics");
  gauge("connected", "Whether other nodes can be heard", "connected");
  counter("published", "Messages handed over to be carried to other nodes", "published");
  counter("received", "Messages that came from other nodes", "received");
  counter("dropped", "Messages that perhaps did not reach the other nodes", "dropped");
  counter("gaps", "Times that messages of other nodes may have been lost", "gaps");
}
