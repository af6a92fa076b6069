import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { PasswordHasher } from "../../src/modules/auth/password.ts";
import { credentials } from "../../src/modules/auth/records.ts";
import { AccountsNode, CHEAP, openAccounts, passwordOf } from "../support/accounts.ts";
import { assertProblem } from "../support/http.ts";

/** Remembers which hashes were compared. */
class CountingHasher extends PasswordHasher {
  readonly verified: string[] = [];

  override verify(password: string, encoded: string): Promise<boolean> {
    this.verified.push(encoded);
    return super.verify(password, encoded);
  }
}

function costOf(encoded: string): string {
  return encoded.split("$").slice(0, 4).join("$");
}

Deno.test("register answers the user and tokens that work", async () => {
  await using node = await openAccounts();
  const { status, headers, body } = await node.register("ada");
  assertEquals(status, 201);
  assertEquals(headers.get("location"), "/api/users/me");
  assertEquals(body.expiresIn, 900);
  assertEquals(body.user.username, "ada");
  assertEquals(body.user.email, "ada@example.org");
  assertEquals(body.user.stats.loginCount, 0);
  const me = await node.client.send("GET /api/users/me", { as: body.accessToken });
  assertEquals(me.body, body.user);
});

Deno.test("register keeps e-mail address and username in lower case", async () => {
  await using node = await openAccounts();
  const { body } = await node.register("ada", { email: "Ada@Example.ORG", username: "Ada_L" });
  assertEquals([body.user.email, body.user.username], ["ada@example.org", "ada_l"]);
});

Deno.test("register refuses what is taken, in whatever case", async () => {
  await using node = await openAccounts();
  await node.register("ada");
  assertProblem(await node.register("bob", { email: "ADA@example.org" }), "email_taken");
  assertProblem(await node.register("bob", { username: "ADA" }), "username_taken");
});

Deno.test("register lets one of many win who want the same name at once, and keeps no one else's password", async () => {
  await using node = await openAccounts();
  const tries = Array.from({ length: 8 }, (_, i) => node.register("ada", { email: `ada${i}@example.org` }));
  const answers = await Promise.all(tries);
  assertEquals(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409, 409, 409]);
  for (const answer of answers) if (answer.status === 409) assertProblem(answer, "username_taken");
  assertEquals(await node.store.count(credentials, {}), 1);
});

Deno.test("register names every wrong field", async () => {
  await using node = await openAccounts();
  const body = { email: "nobody", username: "a b", password: "short", firstName: "", lastName: 7 };
  const answer = await node.client.send("POST /api/auth/register", { body });
  assertProblem(answer, "invalid_request");
  const fields = answer.body.errors.map(({ field }: { field: string }) => field);
  assertEquals(fields.sort(), ["email", "firstName", "lastName", "password", "username"]);
});

Deno.test("register refuses names with NUL, lone surrogates or other control characters", async () => {
  await using node = await openAccounts();
  for (const firstName of ["a\u0000b", "\ud800", "a\u001bb"]) {
    assertProblem(await node.register("ada", { firstName }), "invalid_request");
  }
  assertEquals((await node.register("ada", { firstName: "अदिति 👩🏽‍🚀" })).status, 201);
});

Deno.test("a password has 8 to 128 characters, counted as code points", async () => {
  await using node = await openAccounts();
  assertProblem(await node.register("a_1", { password: "1234567" }), "invalid_request");
  assertEquals((await node.register("a_2", { password: "12345678" })).status, 201);
  assertEquals((await node.register("a_3", { password: "🐎".repeat(128) })).status, 201);
  assertProblem(await node.register("a_4", { password: "🐎".repeat(129) }), "invalid_request");
  assertProblem(await node.register("a_5", { password: "🐎".repeat(7) }), "invalid_request");
});

Deno.test("a password that is the user's own name is refused", async () => {
  await using node = await openAccounts();
  assertProblem(await node.register("ada_lovelace", { password: "Ada_Lovelace" }), "invalid_request");
  assertProblem(
    await node.register("ada_lovelace", { password: "ada_lovelace@example.org" }),
    "invalid_request",
  );
});

Deno.test("login takes the e-mail address or the username, in whatever case, and counts", async () => {
  await using node = await openAccounts();
  await node.register("ada");
  const logins = [{ email: "ADA@example.org" }, { username: "Ada" }];
  for (const [index, login] of logins.entries()) {
    node.clock.move(1000);
    const body = { ...login, password: passwordOf("ada") };
    const answer = await node.client.send("POST /api/auth/login", { body });
    assertEquals(answer.status, 200);
    assertEquals(answer.body.user.stats.loginCount, index + 1);
    assertEquals(answer.body.user.lastLoginAt, new Date(node.clock.now()).toISOString());
  }
});

Deno.test("login answers unknown users and wrong passwords alike", async () => {
  await using node = await openAccounts();
  await node.register("ada");
  const wrong = await node.login("ada", "wrong password");
  const unknown = await node.login("nobody_here", "wrong password");
  assertProblem(wrong, "invalid_credentials");
  assertEquals({ ...unknown.body, requestId: "" }, { ...wrong.body, requestId: "" });
  assertEquals(unknown.headers.get("www-authenticate"), wrong.headers.get("www-authenticate"));
});

Deno.test("login computes one hash for an unknown user, as for a wrong password", async () => {
  const hasher = new CountingHasher(CHEAP);
  await using node = await openAccounts({ auth: { hasher } });
  await node.register("ada");
  for (const name of ["ada", "nobody_here"]) {
    const before = hasher.verified.length;
    assertProblem(await node.login(name, "wrong password"), "invalid_credentials");
    assertEquals(hasher.verified.slice(before).map(costOf), ["$argon2id$v=19$m=8,t=1,p=1"]);
  }
});

Deno.test("login wants a name and a password", async () => {
  await using node = await openAccounts();
  assertProblem(
    await node.client.send("POST /api/auth/login", { body: { password: "x" } }),
    "invalid_request",
  );
  assertProblem(
    await node.client.send("POST /api/auth/login", { body: { username: "x" } }),
    "invalid_request",
  );
  const nothing = await node.client.send("POST /api/auth/login", { body: {} });
  assertEquals(nothing.body.errors.map(({ field }: { field: string }) => field).sort(), [
    "email",
    "password",
  ]);
  const typed = { username: { $ne: null }, password: { $ne: null } };
  assertProblem(await node.client.send("POST /api/auth/login", { body: typed }), "invalid_request");
});

Deno.test("login takes a password typed on another keyboard", async () => {
  await using node = await openAccounts();
  await node.register("ada", { password: "caf\u00e9 cr\u00e8me\u00a0noir" });
  assertEquals((await node.login("ada", "cafe\u0301 cre\u0300me noir")).status, 200);
});

Deno.test("no answer of a sign-in holds the password or its hash", async () => {
  await using node = await openAccounts();
  const answers = [await node.register("ada"), await node.login("ada")];
  for (const { body } of answers) {
    const text = JSON.stringify(body);
    assert(!text.includes(passwordOf("ada")) && !text.includes("argon2"));
  }
});

Deno.test("a hash of another cost still opens, and is renewed by the login", async () => {
  await using node = await openAccounts();
  const { id } = await node.join("ada");
  const before = await node.store.get(credentials, id);
  const deps = { auth: { passwords: { memoryKib: 16, passes: 2, concurrency: 2 } }, clock: node.clock };
  const dearer = new AccountsNode(node.store, deps);
  assertEquals((await dearer.login("ada")).status, 200);
  const after = await node.store.get(credentials, id);
  assert(after?.passwordHash.startsWith("$argon2id$v=19$m=16,t=2,p=1$"));
  assertNotEquals(after?.passwordHash, before?.passwordHash);
  assertEquals((await dearer.login("ada")).status, 200);
});

Deno.test("change-password wants the present one, and ends every other session", async () => {
  await using node = await openAccounts();
  const here = await node.join("ada");
  const there = await node.login("ada");
  const change = (currentPassword: string, newPassword: string) =>
    node.client.send("POST /api/auth/change-password", {
      as: here.token,
      body: { currentPassword, newPassword },
    });
  assertProblem(await change("wrong password", "a new password"), "invalid_credentials");
  assertEquals((await node.client.send("GET /api/users/me", { as: there.body.accessToken })).status, 200);
  assertEquals((await change(passwordOf("ada"), "a new password")).status, 204);
  assertEquals((await node.client.send("GET /api/users/me", { as: here.token })).status, 200);
  assertProblem(
    await node.client.send("GET /api/users/me", { as: there.body.accessToken }),
    "unauthenticated",
  );
  const body = { refreshToken: there.body.refreshToken };
  assertProblem(await node.client.send("POST /api/auth/refresh", { body }), "invalid_refresh_token");
  assertProblem(await node.login("ada"), "invalid_credentials");
  assertEquals((await node.login("ada", "a new password")).status, 200);
});

Deno.test("of two who change the password at once, one succeeds", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  const change = (newPassword: string) => {
    const body = { currentPassword: passwordOf("ada"), newPassword };
    return node.client.send("POST /api/auth/change-password", { as: token, body });
  };
  const answers = await Promise.all([change("the first new one"), change("the other new one")]);
  assertEquals(answers.map(({ status }) => status).sort(), [204, 401]);
  const won = answers[0].status === 204 ? "the first new one" : "the other new one";
  assertEquals((await node.login("ada", won)).status, 200);
});

Deno.test("what the server does not know in a body is dropped", async () => {
  await using node = await openAccounts();
  const { body } = await node.register("ada", {
    role: "admin",
    isVerified: true,
    id: "mine",
    passwordHash: "x",
  });
  assertEquals([body.user.role, body.user.isVerified], ["user", false]);
  assertNotEquals(body.user.id, "mine");
});
