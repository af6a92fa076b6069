import { assert } from "@std/assert";
import type { ClientClock } from "../../src/client/mod.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { Proxy } from "../support/proxy.ts";
import { startStage, until } from "./stage.ts";

/** The clock of a phone, on which nothing runs while it is locked. */
class PhoneClock implements ClientClock {
  isLocked = false;
  now = systemClock.now;
  after = (ms: number, task: () => void): () => void =>
    systemClock.after(ms, () => {
      if (!this.isLocked) task();
    });
}

Deno.test("a phone that was locked is online for no longer than two heartbeats", async () => {
  await using stage = await startStage({ env: { HEARTBEAT_MS: "1000" } });
  await using proxy = new Proxy(stage.server.url);
  const [amina, bruno] = await stage.server.users("amina", "bruno");
  await stage.server.direct(amina, bruno);
  const clock = new PhoneClock();
  await stage.online(bruno, { url: proxy.url, clock });
  const client = await stage.online(amina);
  await client.watchPresence([bruno.id]);
  assert(client.presenceOf(bruno.id)?.isOnline);
  clock.isLocked = true;
  proxy.stall();
  await until(() => client.presenceOf(bruno.id)?.isOnline === false, "the phone to be gone");
  assert(client.presenceOf(bruno.id)?.lastSeen);
  clock.isLocked = false;
});
