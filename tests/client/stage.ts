import { assert } from "@std/assert";
import { createClient } from "../../src/client/mod.ts";
import type { Client, ClientOptions, Conversation, MessageView } from "../../src/client/mod.ts";
import { passwordOf, person } from "../support/accounts.ts";
import type { TestUser } from "../support/rest.ts";
import { startServer } from "../support/server.ts";
import type { ServerOptions, TestServer } from "../support/server.ts";

/** Nothing that a test waits for takes this long. */
const PATIENCE_MS = 15_000;

/** Waits until `check` gives something, looking again and again; fails, with what it waited for, when that takes too long. */
export async function until<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    assert(Date.now() < end, `it took too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Counts what is fetched, and lets a test stand between the client and its server. */
export class Watch {
  readonly #made: string[] = [];
  readonly #succeeded: string[] = [];
  /** Answers a request such as `POST /api/auth/refresh`; `pass` has the server answer it. */
  instead: (request: string, pass: () => Promise<Response>) => Response | Promise<Response> = (_, pass) =>
    pass();

  readonly fetch: typeof fetch = async (input, init) => {
    const request = `${init?.method ?? "GET"} ${new URL(String(input)).pathname}`;
    this.#made.push(request);
    const response = await this.instead(request, () => fetch(input, init));
    if (response.ok) this.#succeeded.push(request);
    return response;
  };

  /** How often it was asked. */
  count(request: string): number {
    return this.#made.filter((made) => made === request).length;
  }

  /** How often it was answered well. */
  succeeded(request: string): number {
    return this.#succeeded.filter((made) => made === request).length;
  }
}

/** A server with the clients of a test; disposing closes them and then the server. */
export class Stage implements AsyncDisposable {
  readonly server: TestServer;
  readonly #clients: Client[] = [];

  constructor(server: TestServer) {
    this.server = server;
  }

  /** A client that knows nothing yet. */
  client(options: ClientOptions = {}): Client {
    const client = createClient({ url: this.server.url, ...options });
    this.#clients.push(client);
    return client;
  }

  /** A client that is signed in as a user who exists. */
  async signedIn({ name }: TestUser, options: ClientOptions = {}): Promise<Client> {
    const client = this.client(options);
    await client.login({ username: name, password: passwordOf(name) });
    return client;
  }

  /** A client that is signed in and has caught up. */
  async online(user: TestUser, options: ClientOptions = {}): Promise<Client> {
    const client = await this.signedIn(user, options);
    client.connect();
    await isOnline(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.server[Symbol.asyncDispose]();
  }
}

/** Starts a stage. A server whose clock is set ahead is not to take that for a burden. */
export async function startStage({ env, ...options }: ServerOptions = {}): Promise<Stage> {
  return new Stage(await startServer({ ...options, env: { MAX_LOOP_DELAY_MS: "0", ...env } }));
}

export async function isOnline(client: Client): Promise<void> {
  await until(
    () => client.connection.status === "online",
    `online, not ${JSON.stringify(client.connection)}`,
  );
}

/** Registers through the client itself. */
export function register(client: Client, name: string): Promise<unknown> {
  return client.register(person(name) as Parameters<Client["register"]>[0]);
}

/** A conversation once the client has it. */
export function conversationOf(client: Client, id: string): Promise<Conversation> {
  return until(() => client.conversations.get(id), `the conversation ${id}`);
}

/** The texts that are shown, in order. */
export function texts(conversation: Conversation): string[] {
  return conversation.messages.map(({ message }) => message.content.text);
}

/** Messages as they are compared: who has read them is told elsewhere. */
export function comparable(messages: readonly MessageView[]): object[] {
  return messages.map(({ readBy: _, ...message }) => message);
}
