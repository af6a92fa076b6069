import { assert, assertEquals } from "@std/assert";
import { createClient, memoryStorage } from "../../src/client/mod.ts";
import type { Client, ClientOptions } from "../../src/client/mod.ts";
import { conversationOf, isOnline, register, texts, until } from "../client/stage.ts";
import { passwordOf } from "../support/accounts.ts";
import { startProgram } from "../support/program.ts";
import type { Program } from "../support/program.ts";
import { Proxy } from "../support/proxy.ts";
import { redisUrl } from "../support/redis/server.ts";
import { mongoUri } from "../support/store.ts";

/** Processes on one store, as the tests' services have it, and the clients of a test. */
class Nodes implements AsyncDisposable {
  readonly #dir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #programs: Program[] = [];
  readonly #clients: Client[] = [];

  private constructor(dir: string) {
    this.#dir = dir;
    this.#env = {
      ...{
        PORT: "0",
        HOST: "127.0.0.1",
        DATA_DIR: dir,
        JWT_SECRET: crypto.randomUUID() + crypto.randomUUID(),
      },
      ...{ PASSWORD_HASH_MEMORY_KIB: "8", PASSWORD_HASH_PASSES: "1", MAX_LOOP_DELAY_MS: "0" },
      ...{ RATE_LIMIT_MAX_REQUESTS: "0", RATE_LIMIT_USER_REQUESTS: "0", RATE_LIMIT_MESSAGES: "0" },
      ...(mongoUri && { MONGODB_URI: new URL(`/parley_${crypto.randomUUID()}`, mongoUri).href }),
      ...(redisUrl && { REDIS_URL: redisUrl }),
    };
  }

  static async open(): Promise<Nodes> {
    return new Nodes(await Deno.makeTempDir({ prefix: "parley-" }));
  }

  async start(): Promise<Program> {
    const program = await startProgram({ ...this.#env, INSTANCE: crypto.randomUUID() });
    this.#programs.push(program);
    return program;
  }

  /** Someone new, who has an account and is online. */
  async join(name: string, options: ClientOptions): Promise<Client> {
    const client = this.client(options);
    await register(client, name);
    client.connect();
    await isOnline(client);
    return client;
  }

  client(options: ClientOptions): Client {
    const client = createClient(options);
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/** The id of who is signed in. */
function idOf({ user }: Client): string {
  assert(user, "nobody is signed in");
  return user.id;
}

Deno.test("two people register, found a group, talk in it, come back and part, all by the client", async () => {
  await using nodes = await Nodes.open();
  const { url } = await nodes.start();
  const storage = memoryStorage();
  const ann = await nodes.join("ann", { url, storage });
  const bob = await nodes.join("bob", { url });
  const { users } = await ann.request("GET /api/users", { query: { query: "bo" } });
  assertEquals(users.map(({ id }) => id), [idOf(bob)]);
  const own = await ann.conversations.create({ type: "group", name: "Walk", participants: [idOf(bob)] });
  const his = await conversationOf(bob, own.id);
  const leave = his.open();

  const first = own.send("Shall we wlak?");
  await until(() => texts(his)[0] === "Shall we wlak?", "the first message");
  const stored = await until(
    () => own.messages.find(({ state }) => state !== "sending"),
    "its acknowledgement",
  );
  assertEquals(stored.clientId, first.clientId);
  await own.edit(stored.message.id, "Shall we walk?");
  await until(() => texts(his)[0] === "Shall we walk?", "the change");
  await his.react(stored.message.id, "👍", true);
  his.send("At nine", { replyTo: stored.message });
  await until(() => own.messages[1]?.message.replyTo?.id === stored.message.id, "the answer");
  his.markRead();
  await until(() => own.messages[0]?.state === "read", "that he has read it");
  assertEquals(own.messages[0]?.message.reactions.map(({ emoji }) => emoji), ["👍"]);
  leave();

  await ann.close();
  his.send("Are you there?");
  const again = nodes.client({ url, storage });
  assertEquals((await again.restore())?.username, "ann");
  assertEquals(texts(await conversationOf(again, own.id)).slice(0, 2), ["Shall we walk?", "At nine"]);
  again.connect();
  const back = await conversationOf(again, own.id);
  await until(() => texts(back).at(-1) === "Are you there?", "what was missed");

  await his.leave();
  await until(() => !bob.conversations.get(own.id), "that he has left");
  await until(() => back.messages.at(-1)?.message.content.type === "system", "that she is told");
  await again.logout();
  assertEquals(await storage.keys(""), []);
  const rejected = await again.login({ username: "ann", password: passwordOf("bob") }).catch(({ code }) =>
    code
  );
  assertEquals(rejected, "invalid_credentials");
});

Deno.test("a client whose node is killed goes on with another one: nothing lost, doubled or out of order", async () => {
  await using nodes = await Nodes.open();
  const [first, second] = [await nodes.start(), await nodes.start()];
  await using balancer = new Proxy(first.url);
  const ann = await nodes.join("ann", { url: balancer.url });
  const bob = await nodes.join("bob", { url: second.url });
  const own = await ann.conversations.create({ type: "direct", participants: [idOf(bob)] });
  const his = await conversationOf(bob, own.id);
  his.open(); // without Redis, nodes look sooner after what is open
  own.send("before");
  await until(() => texts(his).includes("before"), "what was said before");

  balancer.leadTo(second.url);
  await first.stop("SIGKILL");
  for (const text of ["one", "two", "three"]) own.send(text);
  his.send("meanwhile");
  await until(() => texts(his).includes("three"), "what was written into the dark");
  await until(
    () => own.messages.length === 5 && own.messages.every(({ state }) => state !== "sending"),
    "both",
  );
  const path = { params: { conversationId: own.id }, query: { after: 0, limit: 100 } };
  const { messages } = await bob.request("GET /api/messages/conversation/:conversationId", path);
  const history = messages.map(({ content }) => content.text);
  assertEquals(history.filter((text) => text !== "meanwhile"), ["before", "one", "two", "three"]);
  assertEquals(messages.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
  assertEquals(texts(own), history);
  await until(() => texts(his).join() === history.join(), "the same at the other node");
});
