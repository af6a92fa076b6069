import type { Counter, Histogram, Metrics } from "../kernel/metrics.ts";
import type { CloseReason } from "./protocol.ts";
import { CLOSE } from "./protocol.ts";

/** What is given up under pressure, in the order in which it is. */
const SHED = ["typing", "presence", "command", "queue", "silent"] as const;

/** Why a request did not become a socket: codes of the error table. */
const REFUSALS = [
  ...["upgrade_required", "origin_not_allowed", "draining", "overloaded"],
  ...["unauthenticated", "token_expired", "store_unavailable", "internal"],
] as const;

/** What the sockets count. */
export class Meters {
  readonly deliveries: Counter;
  readonly fills: Counter;
  readonly acks: Histogram;
  readonly sheds: Readonly<Record<typeof SHED[number], Counter>>;
  readonly #ends: Readonly<Record<CloseReason | "client", Counter>>;
  readonly #refusals: Readonly<Record<string, Counter>>;

  constructor(metrics: Metrics) {
    this.deliveries = metrics.counter("parley_deliveries_total", "Changes passed on, for each connection");
    this.fills = metrics.counter(
      "parley_fills_total",
      "Times that a feed read from the store what it had missed",
    );
    this.acks = metrics.histogram("parley_ack_seconds", "From a message's frame to its acknowledgement");
    this.sheds = metrics.counters("parley_sheds_total", "What was given up under pressure", "what", SHED);
    const reasons = [...Object.keys(CLOSE) as CloseReason[], "client"] as const;
    this.#ends = metrics.counters(
      "parley_connections_ended_total",
      "Connections that ended",
      "reason",
      reasons,
    );
    this.#refusals = metrics.counters(
      "parley_upgrades_refused_total",
      "Requests that did not become sockets",
      "code",
      REFUSALS,
    );
  }

  /** Counts a connection that is over; without a reason it was the other side. */
  ended(reason: CloseReason | "client" = "client"): void {
    this.#ends[reason].add();
  }

  /** Counts a request that did not become a socket. */
  refused(code: string): void {
    (this.#refusals[code] ?? this.#refusals["internal"])?.add();
  }
}
