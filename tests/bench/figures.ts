import type { Bench, Round } from "./bench.ts";
import { throughClients } from "./client.ts";
import { closedLoop } from "./closed.ts";
import { ENTRANTS } from "./entrants.ts";
import { idleSockets } from "./idle.ts";
import { multitude, oneInMany } from "./multitude.ts";
import type { Paced } from "./paced.ts";
import { paced } from "./paced.ts";
import { historyPages, restSends } from "./rest.ts";
import { startToAnswer } from "./start.ts";
import { UPLOADS } from "./uploads_figures.ts";

type Entrant = keyof typeof ENTRANTS;

/** One line of the table. */
export interface Row {
  /** The value of a round. */
  readonly key: string;
  readonly title: string;
  readonly unit: "/s" | "ms" | "KiB" | "MiB" | "MB" | "publishes" | "×" | "times";
  /** At least for rates and how many times better, at most for all else. */
  readonly aim?: number;
}

/** Something that is measured. */
export interface Figure {
  readonly rows: readonly Row[];
  /** The server is driven as hard as it goes: the figure counts only while its core is the busy one. */
  readonly saturates?: boolean;
  /** Every round wants a server of its own. */
  readonly fresh?: boolean;
  /** One round is long, and says enough. */
  readonly once?: boolean;
  /** What is measured, a single node on SQLite unless given. */
  readonly entrant?: Entrant;
  readonly run: (bench: Bench) => Promise<Round[]>;
}

const room = (members: number, inFlight: number, aim: number): Figure => ({
  rows: [{
    key: "deliveries",
    title: `deliveries, each stored: room of ${members}, ${inFlight} in flight`,
    unit: "/s",
    aim,
  }],
  saturates: true,
  run: (bench) => closedLoop(bench, { rooms: 1, members, senders: 4, window: inFlight / 4 }),
});

const latency = (load: Omit<Paced, "rates"> & { readonly rate: number }, entrant?: Entrant): Figure => {
  const { rooms, members, rate } = load;
  const where = entrant ? `, ${ENTRANTS[entrant].title}` : "";
  const what = `send to deliver at ${rate}/s, ${rooms} room${rooms > 1 ? "s" : ""} of ${members}${where}`;
  return {
    rows: [
      { key: "p50", title: `${what}: p50`, unit: "ms" },
      { key: "p95", title: `${what}: p95`, unit: "ms" },
      { key: "p99", title: `${what}: p99`, unit: "ms", aim: entrant ? 15 : 3 },
    ],
    ...(entrant && { entrant }),
    run: (bench) => paced(bench, { rooms, members, rates: [rate] }),
  };
};

/** Every figure by the name that `deno task bench NAME` takes. */
export const FIGURES: Readonly<Record<string, Figure>> = {
  "sends-ws": {
    rows: [{ key: "sends", title: "stored sends over WebSocket, 64 in flight", unit: "/s", aim: 25_000 }],
    saturates: true,
    run: (bench) => closedLoop(bench, { rooms: 8, members: 2, senders: 1, window: 8 }),
  },
  "sends-rest": {
    rows: [{ key: "sends", title: "stored sends over REST, 64 in flight", unit: "/s", aim: 10_000 }],
    saturates: true,
    run: (bench) => restSends(bench, 8, 8),
  },
  "room-16": room(100, 16, 800_000),
  "room-64": room(100, 64, 1_500_000),
  "room-1000": room(1_000, 64, 2_000_000),
  "latency-rooms": latency({ rooms: 100, members: 10, rate: 1_000 }),
  "latency-room": latency({ rooms: 1, members: 100, rate: 100 }),
  "client": {
    rows: [
      { key: "p50", title: "send to deliver by the TypeScript client, one at a time: p50", unit: "ms" },
      { key: "p99", title: "send to deliver by the TypeScript client, one at a time: p99", unit: "ms" },
    ],
    run: throughClients,
  },
  "nodes-mongo-100": latency({ rooms: 20, members: 10, rate: 100 }, "nodes-mongo"),
  "nodes-mongo-500": latency({ rooms: 20, members: 10, rate: 500 }, "nodes-mongo"),
  "nodes-sqlite-100": latency({ rooms: 20, members: 10, rate: 100 }, "nodes-sqlite"),
  "nodes-sqlite-500": latency({ rooms: 20, members: 10, rate: 500 }, "nodes-sqlite"),
  "history": {
    rows: [{ key: "pages", title: "history pages of 50 messages, 8 in flight", unit: "/s", aim: 5_000 }],
    saturates: true,
    run: (bench) => historyPages(bench, 8),
  },
  "idle": {
    rows: [{ key: "kib", title: "memory of an idle socket, over 5,000", unit: "KiB", aim: 20 }],
    fresh: true,
    run: (bench) => idleSockets(bench, 5_000),
  },
  "multitude": {
    rows: [
      {
        key: "mib",
        title: "memory with 10,000 sockets of 10,000 users, each in 5 conversations, at rest",
        unit: "MiB",
        aim: 256,
      },
      { key: "soonMib", title: "memory with them, just after", unit: "MiB" },
      { key: "connectMs", title: "10,000 connect and resume, 64 at a time", unit: "ms", aim: 30_000 },
      { key: "p99", title: "send to deliver at 100/s among them: p99", unit: "ms" },
    ],
    fresh: true,
    run: (bench) => multitude(bench, 10_000),
  },
  "one-in-many": {
    rows: [
      { key: "firstMs", title: "a user in 1,000 conversations: first resume", unit: "ms", aim: 1_000 },
      {
        key: "againMs",
        title: "a user in 1,000 conversations: resume with all cursors",
        unit: "ms",
        aim: 500,
      },
      { key: "publishes", title: "a user in 1,000 conversations comes and goes", unit: "publishes", aim: 2 },
    ],
    fresh: true,
    run: (bench) => oneInMany(bench, 1_000),
  },
  ...UPLOADS,
  "start": {
    rows: [{ key: "ms", title: "start to first answer, cache warm", unit: "ms", aim: 300 }],
    run: startToAnswer,
  },
};
