import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ParleyError } from "../../src/kernel/errors.ts";
import { PasswordHasher } from "../../src/modules/auth/password.ts";
import { CHEAP } from "../support/accounts.ts";

Deno.test("verify() takes the password of the hash and no other", async () => {
  const hasher = new PasswordHasher(CHEAP);
  const encoded = await hasher.hash("correct horse");
  assertEquals(await hasher.verify("correct horse", encoded), true);
  assertEquals(await hasher.verify("correct horse ", encoded), false);
  assertEquals(await hasher.verify("", encoded), false);
});

Deno.test("hash() gives the PHC string form, under another salt each time", async () => {
  const hasher = new PasswordHasher(CHEAP);
  const [first, second] = [await hasher.hash("same"), await hasher.hash("same")];
  assert(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/.test(first), first);
  assertNotEquals(first, second);
});

Deno.test("verify() takes a hash that the reference implementation made", async () => {
  // argon2 of the Password Hashing Competition, test.c: 2 passes, 256 KiB, one lane.
  const encoded = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  assertEquals(await new PasswordHasher(CHEAP).verify("password", encoded), true);
});

Deno.test("isOutdated() sees another cost", async () => {
  const encoded = await new PasswordHasher(CHEAP).hash("x");
  assertEquals(new PasswordHasher(CHEAP).isOutdated(encoded), false);
  assertEquals(new PasswordHasher({ ...CHEAP, memoryKib: 16 }).isOutdated(encoded), true);
  assertEquals(new PasswordHasher({ ...CHEAP, passes: 2 }).isOutdated(encoded), true);
});

Deno.test("dummy() opens by no password, at today's cost", async () => {
  const hasher = new PasswordHasher(CHEAP);
  assertEquals(await hasher.verify("", hasher.dummy()), false);
  assertEquals(hasher.isOutdated(hasher.dummy()), false);
});

Deno.test("hashes wait for their turn, and beyond the queue are refused", async () => {
  const hasher = new PasswordHasher({ ...CHEAP, concurrency: 1, queue: 1 });
  const [running, waiting, refused] = [hasher.hash("a"), hasher.hash("b"), hasher.hash("c")];
  const error = await assertRejects(() => refused, ParleyError);
  assertEquals(error.code, "overloaded");
  await Promise.all([running, waiting]);
  assertEquals(await hasher.verify("d", await hasher.hash("d")), true);
});

Deno.test("a hash that fails gives its place back", async () => {
  const hasher = new PasswordHasher({ memoryKib: 1, passes: 1, concurrency: 1, queue: 0 });
  for (let i = 0; i < 3; i++) {
    const error = await assertRejects(() => hasher.hash("a"), Error);
    assert(!(error instanceof ParleyError), "the place is still held");
  }
});
