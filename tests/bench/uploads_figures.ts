import type { Figure } from "./figures.ts";
import { uploadFiles } from "./uploads.ts";
import { MB } from "./uploads_files.ts";
import { besideUploads } from "./uploads_latency.ts";
import { uploadMemory } from "./uploads_memory.ts";

const CLIENTS = 8;

/** Messages while eight clients bring files of 10 MB back to back, at a rate in all or as fast as it goes. */
const latency = (megabytes?: number): Figure => {
  const meanwhile = `while 8 clients bring 10 MB files${megabytes ? ` at ${megabytes} MB/s in all` : ""}`;
  const what = `send to deliver at 200/s, 20 rooms of 10`;
  return {
    rows: [
      { key: "idle50", title: `${what}: p50`, unit: "ms" },
      { key: "idle99", title: `${what}: p99`, unit: "ms" },
      { key: "p50", title: `${meanwhile}: p50`, unit: "ms" },
      { key: "p99", title: `${meanwhile}: p99`, unit: "ms" },
      { key: "times", title: `${meanwhile}: p99, of idle`, unit: "times", aim: 2 },
      { key: "mb", title: "MB of files brought meanwhile", unit: "/s" },
    ],
    run: (bench) =>
      besideUploads(bench, {
        clients: CLIENTS,
        bytes: 10 * MB,
        ...(megabytes && { rate: megabytes * MB }),
      }),
  };
};

const memory: Figure = {
  rows: [
    { key: "many", title: "memory over idle, 20 files of 200 MB at once", unit: "MB", aim: 150 },
    { key: "single", title: "memory over idle, a file of 1 GB", unit: "MB", aim: 150 },
  ],
  fresh: true,
  once: true,
  entrant: "parley-large",
  run: (bench) => uploadMemory(bench, { parallel: 20, bytes: 200 * MB, single: 1000 * MB }),
};

/** Beside a server that only writes bodies to files, and what the parts of the work cost there. */
const throughput: Figure = {
  rows: [
    { key: "own", title: "MB of files brought, 8 at once, each of 10 MB", unit: "/s" },
    { key: "ofWrite", title: "of a server that writes each body to a file", unit: "×", aim: 0.7 },
    { key: "ofSync", title: "of a server that syncs it as well", unit: "×" },
    ...["write", "sync", "read", "sniff", "hash"].map((key) => ({
      key,
      title: `MB a server takes that does no more than to ${key}`,
      unit: "/s" as const,
    })),
  ],
  run: (bench) => uploadFiles(bench, CLIENTS),
};

/** What files cost, and whom they keep waiting. */
export const UPLOADS: Readonly<Record<string, Figure>> = {
  "uploads-latency": latency(20),
  "uploads-latency-full": latency(),
  "uploads-memory": memory,
  "uploads-throughput": throughput,
};
