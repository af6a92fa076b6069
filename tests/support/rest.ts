import { assertEquals } from "@std/assert";
import { passwordOf, person } from "./accounts.ts";

/** Someone with an account, and the session that it signed in with. */
export interface TestUser {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** What a call was answered with; the shape of the body is what tests look at. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** Calls a running server as its users would. */
export class RestClient {
  constructor(readonly url: string) {}

  /** Sends `call`, such as `POST /api/messages`; a text is sent as it is, anything else as JSON. */
  async call(as: TestUser | undefined, call: string, body?: unknown): Promise<RestAnswer> {
    const [method = "", path = ""] = call.split(" ");
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${as.token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  }

  /** Like `call`, for what must succeed; answers the body. */
  async ok(as: TestUser | undefined, call: string, body?: unknown): Promise<RestAnswer["body"]> {
    const answer = await this.call(as, call, body);
    assertEquals(answer.status < 300, true, `${call}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async register(name: string): Promise<TestUser> {
    const body = await this.ok(undefined, "POST /api/auth/register", person(name));
    return { id: body.user.id, name, token: body.accessToken, refreshToken: body.refreshToken };
  }

  /** Registers several, in the order given. */
  users<const N extends readonly string[]>(...names: N): Promise<{ [K in keyof N]: TestUser }> {
    return Promise.all(names.map((name) => this.register(name))) as Promise<{ [K in keyof N]: TestUser }>;
  }

  /** Signs a user in once more. */
  async login({ id, name }: TestUser): Promise<TestUser> {
    const body = await this.ok(undefined, "POST /api/auth/login", {
      username: name,
      password: passwordOf(name),
    });
    return { id, name, token: body.accessToken, refreshToken: body.refreshToken };
  }

  /** Makes a group of an admin and others, and answers its id. */
  async group(admin: TestUser, others: readonly TestUser[] = [], more: object = {}): Promise<string> {
    const participants = others.map(({ id }) => id);
    const body = { type: "group", name: "Tea", participants, ...more };
    return (await this.ok(admin, "POST /api/conversations", body)).id;
  }

  /** Makes the direct conversation of two, and answers its id. */
  async direct(one: TestUser, other: TestUser): Promise<string> {
    const body = { type: "direct", participants: [other.id] };
    return (await this.ok(one, "POST /api/conversations", body)).id;
  }

  /** Sends a message and answers it. */
  send(
    as: TestUser,
    conversationId: string,
    content: string,
    more: object = {},
  ): Promise<RestAnswer["body"]> {
    const body = { conversationId, clientId: crypto.randomUUID(), content, ...more };
    return this.ok(as, "POST /api/messages", body);
  }

  /** The whole history as it is read afresh, oldest first. */
  async history(as: TestUser, conversationId: string): Promise<RestAnswer["body"][]> {
    const all: RestAnswer["body"][] = [];
    for (let after = 0;;) {
      const path = `/api/messages/conversation/${conversationId}?after=${after}&limit=100`;
      const { messages } = await this.ok(as, `GET ${path}`);
      all.push(...messages);
      if (messages.length < 100) return all;
      after = messages.at(-1).seq;
    }
  }
}
