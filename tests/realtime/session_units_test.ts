import { assertEquals } from "@std/assert";
import { z } from "zod";
import { Metrics } from "../../src/kernel/metrics.ts";
import { noPressure } from "../../src/kernel/pressure.ts";
import { Meters } from "../../src/realtime/meters.ts";
import { Session } from "../../src/realtime/session.ts";
import { liveConnection } from "./fakes.ts";

Deno.test("a command is started before the next one is looked at, however long the limiter takes over it", async () => {
  const { connection, transport } = liveConnection("ann");
  const started: unknown[] = [];
  const run = (data: unknown) => Promise.resolve({ place: started.push(data) });
  const waits = [20, 0, 5, 0];
  const session = new Session(connection, {
    now: () => 0,
    commands: new Map([["say", { data: z.unknown(), budget: "messages", run }]]),
    takeMessage: () => new Promise((resolve) => setTimeout(resolve, waits.shift())),
    commandLimit: 0,
    pressure: noPressure(),
    meters: new Meters(new Metrics()),
    onEnded: () => {},
    onFailure: () => {},
  });
  for (const data of [1, 2]) session.receive(JSON.stringify({ event: "say", data }));
  session.receive([3, 4].map((data) => JSON.stringify({ event: "say", data })).join("\n"));
  await transport.until(4);
  assertEquals(started, [1, 2, 3, 4]);
});
