import { assertEquals, assertRejects } from "@std/assert";
import { credentials, sessions } from "../../src/modules/auth/records.ts";
import { users } from "../../src/modules/users/records.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { Store } from "../../src/ports/store.ts";
import { AccountsNode, openAccounts, passwordOf } from "../support/accounts.ts";
import { assertProblem } from "../support/http.ts";

/** A store whose operations may be preceded, or replaced, by others. */
function intercepted(
  store: Store,
  before: { [K in "get" | "insert" | "patch"]?: (into: string) => Promise<void> },
): Store {
  return {
    epoch: store.epoch,
    insert: async (into, record) => {
      await before.insert?.(into.name);
      await store.insert(into, record);
    },
    get: async (from, id) => {
      await before.get?.(from.name);
      return await store.get(from, id);
    },
    patch: async (into, id, change, onlyIf) => {
      await before.patch?.(into.name);
      return await store.patch(into, id, change, onlyIf);
    },
    find: (...args) => store.find(...args),
    count: (...args) => store.count(...args),
    delete: (...args) => store.delete(...args),
    deleteMany: (...args) => store.deleteMany(...args),
    sweep: (...args) => store.sweep(...args),
    create: (...args) => store.create(...args),
    heads: (...args) => store.heads(...args),
    open: (...args) => store.open(...args),
    commit: (...args) => store.commit(...args),
    ping: () => store.ping(),
    renewEpoch: () => store.renewEpoch(),
    close: () => store.close(),
  };
}

Deno.test("a login by the old password that a change overtakes leaves no session", async () => {
  await using node = await openAccounts();
  const { id, token } = await node.join("ada");
  const slow = intercepted(node.store, {
    insert: async (into) => {
      if (into !== sessions.name) return;
      const body = { currentPassword: passwordOf("ada"), newPassword: "a new password" };
      await node.client.send("POST /api/auth/change-password", { as: token, body });
    },
  });
  const late = new AccountsNode(slow, { clock: node.clock });
  assertProblem(await late.login("ada"), "invalid_credentials");
  assertEquals(await node.store.count(sessions, { userId: id }), 1);
});

Deno.test("a refresh that a logout overtakes gives nothing", async () => {
  await using node = await openAccounts();
  const { token, refreshToken } = await node.join("ada");
  const slow = intercepted(node.store, {
    patch: async () => {
      await node.client.send("POST /api/auth/logout", { as: token });
    },
  });
  const late = new AccountsNode(slow, { clock: node.clock });
  const answer = await late.client.send("POST /api/auth/refresh", { body: { refreshToken } });
  assertProblem(answer, "invalid_refresh_token");
  assertEquals(await node.store.count(sessions, {}), 0);
});

Deno.test("a refresh whose answer is lost with the store can be repeated", async () => {
  await using node = await openAccounts();
  const { refreshToken } = await node.join("ada");
  let lost = false;
  const failing = intercepted(node.store, {
    get: (from) => {
      if (from !== users.name || lost) return Promise.resolve();
      lost = true;
      return Promise.reject(new StoreUnavailable("no answer"));
    },
  });
  const other = new AccountsNode(failing, { clock: node.clock });
  const refresh = () => other.client.send("POST /api/auth/refresh", { body: { refreshToken } });
  assertProblem(await refresh(), "store_unavailable");
  const again = await refresh();
  assertEquals(again.status, 200);
  const next = { refreshToken: again.body.refreshToken };
  assertEquals((await other.client.send("POST /api/auth/refresh", { body: next })).status, 200);
});

Deno.test("a token is not refused because its session cannot be looked up: the store's failure is told", async () => {
  await using node = await openAccounts();
  const { token } = await node.join("ada");
  let down = true;
  const failing = intercepted(node.store, {
    get: () => down ? Promise.reject(new StoreUnavailable("no answer")) : Promise.resolve(),
  });
  const other = new AccountsNode(failing, { clock: node.clock });
  assertProblem(await other.client.send("GET /api/users/me", { as: token }), "store_unavailable");
  await assertRejects(async () => await other.auth.verifier.authenticate(token), StoreUnavailable);
  down = false;
  assertEquals((await other.client.send("GET /api/users/me", { as: token })).status, 200);
});

Deno.test("a registration that the store interrupts can be repeated", async () => {
  await using node = await openAccounts();
  let interrupted = false;
  const failing = intercepted(node.store, {
    insert: (into) => {
      if (into !== users.name || interrupted) return Promise.resolve();
      interrupted = true;
      return Promise.reject(new StoreUnavailable("no answer"));
    },
  });
  const other = new AccountsNode(failing, { clock: node.clock });
  assertProblem(await other.register("ada"), "store_unavailable");
  assertEquals((await other.register("ada")).status, 201);
  assertEquals((await other.login("ada")).status, 200);
});

Deno.test("a user who is no longer active cannot sign in or go on, and is shown to nobody", async () => {
  await using node = await openAccounts();
  const { id, refreshToken } = await node.join("ada");
  const bob = await node.join("bob");
  await node.store.patch(users, id, { set: { isActive: false } });
  assertProblem(await node.login("ada"), "invalid_credentials");
  const body = { refreshToken };
  assertProblem(await node.client.send("POST /api/auth/refresh", { body }), "invalid_refresh_token");
  assertProblem(await node.client.send(`GET /api/users/${id}`, { as: bob.token }), "not_found");
  const found = await node.client.send("GET /api/users?query=ada", { as: bob.token });
  assertEquals(found.body.users, []);
  assertEquals(await node.users.relations.mayAdd(bob.id, [id]), []);
});

Deno.test("records of accounts are kept whole, under their own ids", async () => {
  await using node = await openAccounts();
  const { id } = await node.join("ada");
  const [kept] = await node.store.find(credentials, {});
  assertEquals([kept?.id, kept?.version], [id, 0]);
});
