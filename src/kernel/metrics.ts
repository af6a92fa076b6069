/** Numbers that tell how the service fares. Whoever counts knows nothing of who reads, and reading is all that costs. */

/** What a family of numbers is to its reader: one that only grows, one that goes up and down, or a distribution. */
export type FamilyKind = "counter" | "gauge" | "histogram";

/** One number of a family. */
export interface Sample {
  readonly value: number;
  /** What tells it from the others of its family; few and known beforehand, never an id. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The part of a histogram that it is. */
  readonly part?: "bucket" | "sum" | "count";
}

/** Numbers of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly kind: FamilyKind;
  /** The numbers as they are now. */
  read(): readonly Sample[];
}

/** A number that only grows. */
export class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  add(count = 1): void {
    this.#value += count;
  }
}

/** How often values fell below each of some bounds, and their sum. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` rise. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = [...bounds, Infinity].map(() => 0);
  }

  observe(value: number): void {
    let at = 0;
    while (value > (this.#bounds[at] ?? Infinity)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  /** Buckets are cumulative, the last one is of all. */
  read(): Sample[] {
    let count = 0;
    const buckets = this.#counts.map((those, at): Sample => {
      const bound = this.#bounds[at];
      const labels = { le: bound === undefined ? "+Inf" : String(bound) };
      return { part: "bucket", labels, value: count += those };
    });
    return [...buckets, { part: "sum", value: this.#sum }, { part: "count", value: count }];
  }
}

/** Upper bounds, in seconds, for what should take milliseconds. */
const LATENCY_SECONDS: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05],
  ...[0.1, 0.2, 0.5, 1, 2, 5],
];

/** All numbers of one service. Names are Prometheus's: `parley_sheds_total`, `parley_commit_seconds`. */
export class Metrics {
  readonly #families = new Map<string, Family>();

  /** In the order in which they were added. */
  get families(): readonly Family[] {
    return [...this.#families.values()];
  }

  counter(name: string, help: string): Counter {
    const counter = new Counter();
    this.#add({ name, help, kind: "counter", read: () => [{ value: counter.value }] });
    return counter;
  }

  /** A counter for each value of a label. */
  counters<L extends string>(
    name: string,
    help: string,
    label: string,
    values: readonly L[],
  ): Readonly<Record<L, Counter>> {
    const counters = values.map((value) => [value, new Counter()] as const);
    const read = () => counters.map(([of, { value }]) => ({ labels: { [label]: of }, value }));
    this.#add({ name, help, kind: "counter", read });
    return Object.fromEntries(counters) as Record<L, Counter>;
  }

  histogram(name: string, help: string, bounds: readonly number[] = LATENCY_SECONDS): Histogram {
    const histogram = new Histogram(bounds);
    this.#add({ name, help, kind: "histogram", read: () => histogram.read() });
    return histogram;
  }

  /** A number that is looked up when it is read. */
  reads(kind: "counter" | "gauge", name: string, help: string, read: () => number): void {
    this.#add({ name, help, kind, read: () => [{ value: read() }] });
  }

  #add(family: Family): void {
    if (this.#families.has(family.name)) throw new TypeError(`there is a ${family.name} already`);
    this.#families.set(family.name, family);
  }
}
