import { assertEquals, assertRejects } from "@std/assert";
import { SignJWT, UnsecuredJWT } from "jose";
import { ParleyError } from "../../src/kernel/errors.ts";
import { Tokens } from "../../src/modules/auth/tokens.ts";
import { AccountsNode, openAccounts, SECRET } from "../support/accounts.ts";
import { assertProblem, TestClock } from "../support/http.ts";

const OTHER = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvu";

function tokens(clock: TestClock, secret = SECRET, previous?: string): Tokens {
  return new Tokens({ secret, previous, accessMs: 60_000 }, clock);
}

async function codeOf(verification: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => verification, ParleyError)).code;
}

/** Parts of a token, decoded and encoded again with changes. */
function forge(token: string, header: object, payload: object = {}, signature?: string): string {
  const [head = "", body = "", mac = ""] = token.split(".");
  const change = (part: string, by: object) => {
    const text = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    return btoa(JSON.stringify({ ...JSON.parse(text), ...by })).replaceAll("=", "");
  };
  return [change(head, header), change(body, payload), signature ?? mac].join(".");
}

Deno.test("verify() answers whom the token was signed for, and until when", async () => {
  const clock = new TestClock();
  const some = tokens(clock);
  const principal = await some.verify(await some.sign("u1", "s1", "moderator"));
  assertEquals(principal, {
    userId: "u1",
    sessionId: "s1",
    role: "moderator",
    expiresAt: Math.floor(clock.now() / 1000) * 1000 + 60_000,
  });
});

Deno.test("verify() takes a token until its last millisecond, then says expired", async () => {
  const clock = new TestClock();
  const some = tokens(clock);
  const token = await some.sign("u1", "s1", "user");
  clock.move(59_999);
  assertEquals((await some.verify(token)).userId, "u1");
  clock.move(1);
  assertEquals(await codeOf(some.verify(token)), "token_expired");
});

Deno.test("verify() takes the previous key's tokens, and nobody else's", async () => {
  const clock = new TestClock();
  const token = await tokens(clock).sign("u1", "s1", "user");
  assertEquals((await tokens(clock, OTHER, SECRET).verify(token)).userId, "u1");
  assertEquals(await codeOf(tokens(clock, OTHER).verify(token)), "unauthenticated");
});

Deno.test("sign() uses the present key, not the previous one", async () => {
  const clock = new TestClock();
  const token = await tokens(clock, OTHER, SECRET).sign("u1", "s1", "user");
  assertEquals((await tokens(clock, OTHER).verify(token)).userId, "u1");
});

Deno.test("verify() refuses what was changed, and every algorithm and type but its own", async () => {
  const clock = new TestClock();
  const some = tokens(clock);
  const token = await some.sign("u1", "s1", "user");
  const forged = [
    forge(token, {}, { role: "admin" }),
    forge(token, { alg: "none" }, {}, ""),
    forge(token, { alg: "HS512" }),
    forge(token, { typ: "JWT" }),
    forge(token, { kid: "other" }),
    new UnsecuredJWT({ sid: "s1", role: "admin" }).setSubject("u1").encode(),
    "",
    "x",
    "a.b.c",
    token.slice(0, -2),
  ];
  for (const wrong of forged) assertEquals(await codeOf(some.verify(wrong)), "unauthenticated");
});

Deno.test("verify() refuses a token that is signed by the secret itself, which is no key", async () => {
  const clock = new TestClock();
  const some = tokens(clock);
  const [head = ""] = (await some.sign("u1", "s1", "user")).split(".");
  const header = JSON.parse(atob(head));
  const token = await new SignJWT({ sid: "s1", role: "admin" }).setProtectedHeader(header)
    .setIssuer("parley").setAudience("parley").setSubject("u1").setExpirationTime(clock.now() / 1000 + 60)
    .sign(new TextEncoder().encode(SECRET));
  assertEquals(await codeOf(some.verify(token)), "unauthenticated");
});

Deno.test("a route says whether the token is missing, wrong or expired", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const me = (authorization?: string) =>
    node.client.send("GET /api/users/me", { headers: authorization === undefined ? {} : { authorization } });
  assertProblem(await me(), "unauthenticated");
  assertProblem(await me("Basic YTpi"), "unauthenticated");
  assertProblem(await me(`Bearer ${token}x`), "unauthenticated");
  assertEquals((await me(`bearer ${token}`)).status, 200);
  node.clock.move(900_000);
  const expired = await me(`Bearer ${token}`);
  assertProblem(expired, "token_expired");
  assertEquals(expired.headers.get("www-authenticate"), 'Bearer error="invalid_token"');
});

Deno.test("a logout is felt on this node at once, and on another when it looks again", async () => {
  await using node = await openAccounts();
  const other = new AccountsNode(node.store, { clock: node.clock });
  const { token } = await node.join("ada");
  const me = (on: AccountsNode) => on.client.send("GET /api/users/me", { as: token });
  assertEquals([(await me(node)).status, (await me(other)).status], [200, 200]);
  assertEquals((await node.client.send("POST /api/auth/logout", { as: token })).status, 204);
  assertProblem(await me(node), "unauthenticated");
  node.clock.move(2000);
  assertProblem(await me(other), "unauthenticated");
});

Deno.test("a known token is looked up once in two seconds, however many ask at once", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  let looks = 0;
  const counting: typeof node.store = Object.create(node.store, {
    get: {
      value: (...args: Parameters<typeof node.store.get>) => {
        looks++;
        return node.store.get(...args);
      },
    },
  });
  const { verifier } = new AccountsNode(counting, { clock: node.clock }).auth;
  await Promise.all(Array.from({ length: 5 }, () => verifier.authenticate(token)));
  assertEquals(looks, 1);
  node.clock.move(1999);
  assertEquals(verifier.authenticate(token) instanceof Promise, false);
  node.clock.move(1);
  await verifier.authenticate(token);
  assertEquals(looks, 2);
});

Deno.test("a session that ends while it is looked up stays ended", async () => {
  await using node = await openAccounts();
  const { id, token } = await node.join("ada");
  const { sessionId } = await node.auth.verifier.authenticate(token);
  const held = Promise.withResolvers<void>();
  const slow: typeof node.store = Object.create(node.store, {
    get: {
      value: async (...args: Parameters<typeof node.store.get>) => {
        const found = await node.store.get(...args);
        await held.promise;
        return found;
      },
    },
  });
  const late = new AccountsNode(slow, { clock: node.clock });
  const answer = Promise.resolve(late.auth.verifier.authenticate(token));
  late.events.emit("session_ended", { userId: id, sessionId });
  held.resolve();
  assertEquals(await codeOf(answer), "unauthenticated");
});
