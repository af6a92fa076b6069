import type { Bench, Round } from "./bench.ts";
import { closedLoop } from "./closed.ts";
import { idleSockets } from "./idle.ts";
import { paced } from "./paced.ts";
import { historyPages, restSends } from "./rest.ts";
import { startToAnswer } from "./start.ts";

/** One line of the table. */
export interface Row {
  /** The value of a round. */
  readonly key: string;
  readonly title: string;
  readonly unit: "/s" | "ms" | "KiB";
  /** At least for rates, at most for all else. */
  readonly aim?: number;
}

/** Something that is measured. */
export interface Figure {
  readonly rows: readonly Row[];
  /** The server is driven as hard as it goes: the figure counts only while its core is the busy one. */
  readonly saturates?: boolean;
  /** Every round wants a server of its own. */
  readonly fresh?: boolean;
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

const latency = (rooms: number, members: number, rate: number): Figure => {
  const what = `send to deliver at ${rate}/s, ${rooms} room${rooms > 1 ? "s" : ""} of ${members}`;
  return {
    rows: [
      { key: "p50", title: `${what}: p50`, unit: "ms" },
      { key: "p95", title: `${what}: p95`, unit: "ms" },
      { key: "p99", title: `${what}: p99`, unit: "ms", aim: 3 },
    ],
    run: (bench) => paced(bench, { rooms, members, rate }),
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
  "latency-rooms": latency(100, 10, 1_000),
  "latency-room": latency(1, 100, 100),
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
  "start": {
    rows: [{ key: "ms", title: "start to first answer, cache warm", unit: "ms", aim: 300 }],
    run: startToAnswer,
  },
};
