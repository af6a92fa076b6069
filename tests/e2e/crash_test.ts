import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";
import type { Program } from "../support/program.ts";
import { RestClient } from "../support/rest.ts";
import type { TestUser } from "../support/rest.ts";
import { connectLive } from "../support/socket.ts";
import type { TestSocket } from "../support/socket.ts";

const ROUNDS = 4;
const SENDERS = 4;
/** Four senders with one message each of these: 200 a second. */
const EVERY_MS = 20;
/** Messages of a round that are acknowledged before the process is killed. */
const ENOUGH = 120;

/** The program with limits off, on a folder of the test's own. */
function start(dataDir: string): Promise<Program> {
  return startProgram({
    PORT: "0",
    HOST: "127.0.0.1",
    DATA_DIR: dataDir,
    PASSWORD_HASH_MEMORY_KIB: "8",
    PASSWORD_HASH_PASSES: "1",
    RATE_LIMIT_MAX_REQUESTS: "0",
    RATE_LIMIT_USER_REQUESTS: "0",
    RATE_LIMIT_MESSAGES: "0",
  });
}

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "parley-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** What was said, and what became of it as far as the senders know. */
class Said {
  /** Places by clientId, as they were acknowledged. */
  readonly acknowledged = new Map<string, number>();
  readonly unanswered = new Set<string>();
  #enough: () => void = () => {};
  #left = 0;

  /** Resolves when `count` more are acknowledged. */
  more(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#left = count;
    this.#enough = resolve;
    return promise;
  }

  async send(socket: TestSocket, conversationId: string, clientId: string): Promise<void> {
    const before = this.acknowledged.get(clientId);
    if (before === undefined) this.unanswered.add(clientId);
    const data = { conversationId, clientId, content: `said as ${clientId}` };
    const answer = await socket.ask("send_message", data).catch(() => undefined);
    if (!answer) return;
    assertEquals(answer.event, "ack", JSON.stringify(answer));
    const { seq } = answer.data.message;
    assertEquals(before ?? seq, seq, `${clientId} was answered with two places`);
    this.acknowledged.set(clientId, seq);
    this.unanswered.delete(clientId);
    if (--this.#left === 0) this.#enough();
  }
}

/** Sends from every socket until told to stop; the answer resolves when nothing is waited for. */
function chatter(
  said: Said,
  sockets: readonly TestSocket[],
  conversationId: string,
  round: number,
): () => Promise<void> {
  const running: Promise<void>[] = [];
  let count = 0;
  const timer = setInterval(() => {
    sockets.forEach((socket, index) =>
      running.push(said.send(socket, conversationId, `${round}-${index}-${count}`))
    );
    count++;
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
  };
}

/** Asserts that all that was said stands there once, in places 1, 2, 3 … */
async function assertKept(url: string, user: TestUser, conversationId: string, said: Said): Promise<void> {
  const history = await new RestClient(url).history(user, conversationId);
  assertEquals(history.map(({ seq }) => seq), history.map((_, index) => index + 1));
  const places = new Map<string, number[]>();
  for (const { clientId, seq } of history) {
    if (clientId !== null) places.set(clientId, [...places.get(clientId) ?? [], seq]);
  }
  for (const [clientId, seq] of said.acknowledged) assertEquals(places.get(clientId), [seq], clientId);
  for (const [clientId, found] of places) {
    assertEquals(found.length, 1, clientId);
    assert(said.acknowledged.has(clientId) || said.unanswered.has(clientId), `nobody said ${clientId}`);
  }
}

Deno.test("kill -9 amid 200 sends a second loses nothing acknowledged, doubles nothing and leaves no hole", async () => {
  await using data = await folder();
  const said = new Said();
  let user: TestUser | undefined;
  let conversationId = "";
  for (let round = 1; round <= ROUNDS; round++) {
    await using program = await start(data.path);
    const rest = new RestClient(program.url);
    user = user ? await rest.login(user) : await rest.register("ann");
    const { url } = program;
    const who = user;
    conversationId ||= await rest.group(who);
    const sockets = await Promise.all(Array.from({ length: SENDERS }, () => connectLive(url, who)));
    const retries = [...said.unanswered, ...[...said.acknowledged.keys()].slice(-20)];
    await Promise.all(retries.map((id, n) => {
      const socket = sockets[n % SENDERS];
      return socket && said.send(socket, conversationId, id);
    }));
    assertEquals(said.unanswered.size, 0);
    const enough = said.more(ENOUGH);
    const quiet = chatter(said, sockets, conversationId, round);
    await enough;
    await program.stop("SIGKILL");
    await quiet();
  }
  assert(user);
  await using program = await start(data.path);
  const again = await new RestClient(program.url).login(user);
  await assertKept(program.url, again, conversationId, said);
  assert(said.acknowledged.size >= ROUNDS * ENOUGH);
});

Deno.test("SIGTERM sends everyone away and ends with 0 within 10 s, with writes under way and nothing lost", async () => {
  await using data = await folder();
  const said = new Said();
  let user: TestUser;
  let conversationId: string;
  {
    await using program = await start(data.path);
    const rest = new RestClient(program.url);
    const who = user = await rest.register("ann");
    conversationId = await rest.group(who);
    const { url } = program;
    const sockets = await Promise.all(Array.from({ length: SENDERS }, () => connectLive(url, who)));
    const enough = said.more(ENOUGH);
    const quiet = chatter(said, sockets, conversationId, 1);
    await enough;
    const began = Date.now();
    const status = await program.stop("SIGTERM");
    assertEquals(status.code, 0);
    assert(Date.now() - began < 10_000);
    await quiet();
    const delays = new Set<number>();
    for (const socket of sockets) {
      delays.add((await socket.next("server_draining")).data.reconnectAfterMs);
      assertEquals((await socket.closed).code, 1012);
    }
    assertEquals(delays.size, SENDERS);
  }
  await using program = await start(data.path);
  const again = await new RestClient(program.url).login(user);
  await assertKept(program.url, again, conversationId, said);
});
