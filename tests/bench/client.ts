import { createClient } from "../../src/client/mod.ts";
import type { Client } from "../../src/client/mod.ts";
import type { Bench, Round } from "./bench.ts";
import { BODY_BYTES, measure } from "./bench.ts";
import { quantiles } from "./paced.ts";
import { makeGroups } from "./population.ts";

const TEXT = "m".repeat(BODY_BYTES);

/** Measures the time from a client's `send()` until another client tells of the message, one at a time, in milliseconds. */
export async function throughClients(bench: Bench): Promise<Round[]> {
  const [group] = await makeGroups(bench.url, 1, 2);
  const members = group?.members ?? [];
  const clients = await Promise.all(members.map(({ token }) => online(bench.url, token)));
  const [speaker, listener] = clients;
  const conversation = speaker?.conversations.get(group?.id ?? "");
  if (!listener || !conversation) throw new Error("the clients do not know their conversation");
  let [samples, sentAt, running]: [number[], number, boolean] = [[], 0, true];
  const say = () => {
    sentAt = performance.now();
    conversation.send(TEXT);
  };
  listener.on("message", () => {
    samples.push(performance.now() - sentAt);
    if (running) say();
  });
  say();
  const rounds = await measure(bench, () => samples = [], () => quantiles(samples));
  running = false;
  for (const client of clients) await client.close();
  return rounds;
}

async function online(url: string, accessToken: string): Promise<Client> {
  const client = createClient({ url, accessToken });
  const states = client.events("connection");
  client.connect();
  for await (const { status } of states) if (status === "online") break;
  return client;
}
