import { assertEquals, assertRejects } from "@std/assert";
import { createClient, memoryStorage, ParleyError } from "../../src/client/mod.ts";
import type { Client, ClientStorage } from "../../src/client/mod.ts";
import { TravellingClock } from "./clock.ts";
import { until } from "./stage.ts";

const MINUTE = 60_000;
const REFRESH = "POST /api/auth/refresh";
const LOGIN = "POST /api/auth/login";
const ME = "GET /api/users/me";

interface Asked {
  readonly request: string;
  readonly token: string | undefined;
}

/** A client of a storage, with requests that a test answers. */
class Renewing {
  readonly clock = new TravellingClock({ stands: true });
  readonly storage: ClientStorage = memoryStorage();
  readonly asked: Asked[] = [];
  readonly answers = new Map<string, () => Response | Promise<Response>>([
    [ME, () => Response.json({ id: "u", username: "u", profile: {} })],
  ]);
  readonly client: Client;

  constructor() {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = `${init?.method} ${new URL(String(input)).pathname}`;
      const token = new Headers(init?.headers).get("authorization")?.replace("Bearer ", "");
      this.asked.push({ request, token });
      const answer = this.answers.get(request);
      if (!answer) throw new TypeError("unreachable");
      return await answer();
    };
    this.client = createClient({ url: "http://test", fetch, clock: this.clock, storage: this.storage });
  }

  /** Keeps a session, as a client of another tab would. */
  async keep(name: string, userId = "u"): Promise<void> {
    const now = this.clock.now();
    const times = { expiresAt: now + 15 * MINUTE, renewAt: now + 14 * MINUTE };
    const session = { userId, accessToken: `access ${name}`, refreshToken: `refresh ${name}`, ...times };
    await this.storage.set(new Map<string, unknown>([["session", session]]));
  }

  /** Signs the user in from the storage. */
  async restore(): Promise<void> {
    await this.keep("1");
    await this.storage.set(new Map([["user", { id: "u", username: "u", profile: {} }]]));
    await this.client.restore();
  }

  /** The tokens that a request was made with. */
  tokens(request: string): (string | undefined)[] {
    return this.asked.filter((one) => one.request === request).map(({ token }) => token);
  }
}

/** What signing in and a refresh answer. */
function signedIn(name: string, id = "u"): Response {
  const user = { id, username: id, profile: {} };
  return Response.json({
    user,
    accessToken: `access ${name}`,
    refreshToken: `refresh ${name}`,
    expiresIn: 900,
  });
}

function refused(): Response {
  return Response.json({ code: "invalid_refresh_token" }, { status: 401 });
}

Deno.test("a token is used until its end where no other one is to be had, and not beyond", async () => {
  const renewing = new Renewing();
  await using client = renewing.client;
  await renewing.restore();
  renewing.clock.sleep(14.5 * MINUTE);
  await client.request(ME);
  assertEquals(renewing.tokens(ME), ["access 1"]);
  renewing.clock.sleep(MINUTE);
  const error = await assertRejects(() => client.request(ME), ParleyError);
  assertEquals([error.code, renewing.tokens(ME)], ["network", ["access 1"]]);
  assertEquals(client.user?.id, "u");
});

Deno.test("who is refused because another tab was quicker goes on with what that one got", async () => {
  const renewing = new Renewing();
  await using client = renewing.client;
  await renewing.restore();
  renewing.clock.sleep(20 * MINUTE);
  renewing.answers.set(REFRESH, async () => {
    await renewing.keep("2");
    return refused();
  });
  await client.request(ME);
  assertEquals([renewing.tokens(ME), client.user?.id], [["access 2"], "u"]);
});

Deno.test("a refresh that is answered after someone else has signed in is of no use", async () => {
  const renewing = new Renewing();
  await using client = renewing.client;
  await renewing.restore();
  renewing.clock.sleep(20 * MINUTE);
  const late = Promise.withResolvers<Response>();
  renewing.answers.set(REFRESH, () => late.promise);
  renewing.answers.set(LOGIN, () => signedIn("of v", "v"));
  const request = client.request(ME).catch(({ code }) => code);
  await until(() => renewing.tokens(REFRESH).length > 0, "the refresh");
  await client.login({ username: "v", password: "long enough" });
  late.resolve(signedIn("2"));
  assertEquals(await request, "unauthenticated");
  assertEquals(client.user?.id, "v");
  await client.request(ME);
  assertEquals(renewing.tokens(ME), ["access of v"]);
});

Deno.test("a session and a user that do not belong together sign nobody in", async () => {
  const renewing = new Renewing();
  await using client = renewing.client;
  await renewing.keep("1", "v");
  await renewing.storage.set(new Map([["user", { id: "u", username: "u", profile: {} }]]));
  assertEquals([await client.restore(), client.user], [undefined, undefined]);
});

Deno.test("what was written after another tab had logged out goes with the session, the next user's stays", async () => {
  for (const next of [undefined, "v"]) {
    const renewing = new Renewing();
    await using client = renewing.client;
    await renewing.restore();
    renewing.clock.sleep(20 * MINUTE);
    renewing.answers.set(REFRESH, refused);
    await renewing.storage.clear();
    await renewing.storage.set(new Map([["x/conversations/c", {}]]));
    if (next) await renewing.keep("of v", next);
    const ended = until(() => client.user === undefined, "the end of the session");
    assertEquals(await client.request(ME).catch(({ code }) => code), "invalid_refresh_token");
    await ended;
    assertEquals(await renewing.storage.keys(""), next ? ["x/conversations/c"] : []);
  }
});
