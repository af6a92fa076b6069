import type { Bench, Round } from "./bench.ts";
import { closedLoop } from "./closed.ts";
import type { ENTRANTS } from "./entrants.ts";
import type { Row } from "./figures.ts";
import { idleSockets } from "./idle.ts";
import { paced } from "./paced.ts";
import { WORKERS } from "./workers.ts";

type Name = keyof typeof ENTRANTS;

/** A figure of ours beside that of others, under the same load. */
export interface Comparison {
  readonly row: Row;
  readonly subject: Name;
  /** Whom we are compared with, and how many times better we aim to be. */
  readonly peers: readonly { readonly name: Name; readonly aim?: number }[];
  readonly run: (bench: Bench) => Promise<Round[]>;
}

const fanOut = (members: number, peers: Comparison["peers"]): Comparison => ({
  row: { key: "deliveries", title: `deliveries, room of ${members}, 16 in flight`, unit: "/s" },
  subject: "parley",
  peers,
  run: (bench) => closedLoop(bench, { rooms: 1, members, senders: 4, window: 4 }),
});

const sends = (subject: Name, aim: number): Comparison => ({
  row: { key: "sends", title: "stored sends, 64 in flight", unit: "/s" },
  subject,
  peers: [{ name: "stack", aim }],
  run: (bench) => closedLoop(bench, { rooms: 8, members: 2, senders: 1, window: 8 }),
});

/** Every comparison by the name that `deno task bench NAME` takes. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "peers-room-100": fanOut(100, [{ name: "stack", aim: 18 }, { name: "socket.io", aim: 4 }, {
    name: "bytes",
  }]),
  "peers-room-1000": fanOut(1_000, [
    { name: "stack", aim: 18 },
    { name: "socket.io", aim: 4 },
    { name: "bytes" },
  ]),
  "peers-sends": sends("parley", 25),
  "peers-sends-mongo": sends("parley-mongo", 3),
  "peers-latency": {
    row: { key: "p99", title: "p99 from send to deliver, 1,000/s, 100 rooms of 10", unit: "ms" },
    subject: "parley",
    peers: [{ name: "stack" }, { name: "socket.io" }],
    run: (bench) => paced(bench, { rooms: 100, members: 10, rates: [1_000, 500, 250, 100] }),
  },
  "peers-idle": {
    row: { key: "kib", title: "memory of an idle socket, over 5,000", unit: "KiB" },
    subject: "parley",
    peers: [{ name: "stack" }, { name: "socket.io" }],
    run: (bench) => idleSockets(bench, 5_000),
  },
  ...WORKERS,
};
