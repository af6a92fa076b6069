import type { Counter, Metrics } from "../kernel/metrics.ts";

const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** What the HTTP layer counts. */
export class HttpMeters {
  /** Calls that were refused because the node had no time for them. */
  readonly shed: Counter;
  readonly #answers: Readonly<Record<string, Counter>>;

  constructor(metrics: Metrics) {
    const help = "Requests that were answered";
    this.#answers = metrics.counters("parley_http_requests_total", help, "status", CLASSES);
    this.shed = metrics.counter(
      "parley_http_sheds_total",
      "Requests refused because the event loop was late",
    );
  }

  answered(status: number): void {
    this.#answers[`${Math.floor(status / 100)}xx`]?.add();
  }
}
