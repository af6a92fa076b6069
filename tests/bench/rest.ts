import type { Bench, Round } from "./bench.ts";
import { BODY_BYTES, measure } from "./bench.ts";
import { HttpLine } from "./http_line.ts";
import { makeGroups } from "./population.ts";
import type { Group } from "./population.ts";

const TEXT = "x".repeat(BODY_BYTES);
const PAGE = 50;
const HISTORY = 2_000;

/** One request on a line, the `number`th of that line. */
type Ask = (line: HttpLine, number: number) => Promise<number>;

/** Measures stored `sends` a second by `POST /api/messages`, on `lines` connections for each of `rooms` rooms. */
export async function restSends(bench: Bench, rooms: number, lines: number): Promise<Round[]> {
  const groups = await makeGroups(bench.url, rooms, 2);
  const asks = groups.flatMap((group) =>
    Array.from({ length: lines }, (_, line) => ({ group, ask: sendOn(group, line) }))
  );
  return await hammer(bench, "sends", asks);
}

/** Measures `pages` of 50 messages a second by `GET /api/messages/conversation/:id`, on `lines` connections. */
export async function historyPages(bench: Bench, lines: number): Promise<Round[]> {
  const groups = await makeGroups(bench.url, 1, 2);
  const asks = groups.flatMap((group) =>
    Array.from({ length: lines }, (_, line) => ({ group, ask: pageOn(group, line) }))
  );
  for (const group of groups) await fill(bench.url, group);
  return await hammer(bench, "pages", asks);
}

function sendOn({ id }: Group, line: number): Ask {
  return (http, number) => {
    const content = `{"type":"text","text":"${TEXT}"}`;
    const body = `{"conversationId":"${id}","clientId":"${line}.${number}","content":${content}}`;
    return http.request("POST", "/api/messages", 201, body);
  };
}

/** Pages that end at another message each time. */
function pageOn({ id }: Group, line: number): Ask {
  return async (http, number) => {
    const before = PAGE + 1 + (line * 397 + number * 101) % (HISTORY - PAGE);
    const path = `/api/messages/conversation/${id}?before=${before}&limit=${PAGE}`;
    const bytes = await http.request("GET", path, 200);
    if (bytes < PAGE * BODY_BYTES) throw new Error(`a page of ${bytes} bytes is no page of ${PAGE}`);
    return bytes;
  };
}

async function fill(url: string, group: Group): Promise<void> {
  await Promise.all(Array.from({ length: 8 }, async (_, line) => {
    const http = await HttpLine.open(url, group.members[0]?.token ?? "");
    const ask = sendOn(group, line);
    for (let number = 0; number < HISTORY / 8; number++) await ask(http, number);
    http.close();
  }));
}

/** Has every line ask again as soon as it is answered, and measures answers a second as `key`. */
async function hammer(
  bench: Bench,
  key: string,
  asks: readonly { readonly group: Group; readonly ask: Ask }[],
): Promise<Round[]> {
  let [answers, before, running] = [0, 0, true];
  const working = asks.map(async ({ group, ask }) => {
    const line = await HttpLine.open(bench.url, group.members[0]?.token ?? "");
    for (let number = 0; running; number++, answers++) await ask(line, number);
    line.close();
  });
  const rounds = await measure(bench, () => before = answers, (seconds) => ({
    [key]: (answers - before) / seconds,
  }));
  running = false;
  await Promise.all(working);
  return rounds;
}
