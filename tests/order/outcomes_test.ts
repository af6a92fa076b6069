import { assertEquals, assertRejects } from "@std/assert";
import { ParleyError } from "../../src/kernel/errors.ts";
import { messages, participants } from "../../src/order/records.ts";
import type { Collection, Commit, Doc, Head, Query, Store } from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { Writer } from "../../src/order/writer.ts";
import { TestClock } from "../support/http.ts";
import { altered } from "./altered.ts";
import { dismiss, react, send } from "./changes.ts";
import { committing, Fixture } from "./fixture.ts";

/** A store of which the first `times` commits are answered by nobody, after or before they took effect. */
function losing(store: Store, times: number, effect: "after" | "before"): Store {
  let lost = 0;
  return committing(store, async (commit) => {
    if (lost++ >= times) return await commit();
    if (effect === "after") await commit();
    throw new StoreUnavailable("lost");
  });
}

Deno.test("write() tells by the mark that a commit without an answer was made, and makes it once", async () => {
  await using fixture = await Fixture.open();
  const { writer, hints } = fixture.node(losing(fixture.store, 1, "after"));
  const [one, two] = await Promise.all(["1", "2"].map((id) => writer.write("c", send("ann", id, "text"))));
  assertEquals([one?.seq, two?.seq], [1, 2]);
  assertEquals(hints.map(({ from, head }) => [from, head.rev]), [[0, 2]]);
  assertEquals((await writer.write("c", send("ann", "3", "text"))).seq, 3);
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["1", "2", "3"]);
});

Deno.test("write() makes a commit that was lost on its way, once", async () => {
  await using fixture = await Fixture.open();
  const { writer, hints } = fixture.node(losing(fixture.store, 1, "before"));
  const [one, two] = await Promise.all(["1", "2"].map((id) => writer.write("c", send("ann", id, "text"))));
  assertEquals([one?.seq, two?.seq, hints.length], [1, 2, 1]);
  assertEquals((await fixture.head()).rev, 2);
});

Deno.test("write() does not take another's commit of the same rev for its own that was lost", async () => {
  await using fixture = await Fixture.open();
  const other = fixture.node();
  let lost = false;
  const store = committing(fixture.store, async (commit) => {
    if (lost) return await commit();
    lost = true;
    await other.writer.write("c", send("ben", "b", "at its rev"));
    throw new StoreUnavailable("lost");
  });
  assertEquals((await fixture.node(store).writer.write("c", send("ann", "a", "text"))).seq, 2);
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["b", "a"]);
});

Deno.test("write() makes a commit once whose outcome stays unknown, whoever asks again", async () => {
  await using fixture = await Fixture.open();
  let [down, commits] = [false, 0];
  const store = altered(fixture.store, {
    open: <H extends Head>(from: Collection<H>, id: string) =>
      down ? Promise.reject(new StoreUnavailable("down")) : fixture.store.open(from, id),
    async commit<H extends Head>(commit: Commit<H>) {
      const done = await fixture.store.commit(commit);
      if (++commits !== 2) return done;
      down = true;
      setTimeout(() => down = false);
      throw new StoreUnavailable("lost");
    },
  });
  const { writer } = fixture.node(store);
  await writer.write("c", send("ann", "1", "one"));
  for (;;) {
    const answer = await writer.write("c", send("ann", "2", "two")).catch((error: unknown) => error);
    if (!(answer instanceof ParleyError)) break;
    assertEquals(answer.code, "store_unavailable");
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals(commits, 2, "it was found to be made");
  await writer.write("c", send("ann", "3", "three"));
  assertEquals(commits, 3);
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["1", "2", "3"]);
});

Deno.test("write() says store_unavailable to what waits behind, too: it would wait as long again", async () => {
  await using fixture = await Fixture.open();
  let opened = 0;
  let behind: Promise<unknown> | undefined;
  const store = altered(fixture.store, {
    open() {
      opened++;
      behind ??= assertRejects(() => writer.write("c", send("ben", "2", "text")), ParleyError);
      return Promise.reject(new StoreUnavailable("down"));
    },
  });
  const { writer } = fixture.node(store);
  await assertRejects(() => writer.write("c", send("ann", "1", "text")), ParleyError);
  await behind;
  assertEquals(opened, 3);
});

Deno.test("write() finds its message when its commit had no answer and others came later", async () => {
  await using fixture = await Fixture.open();
  const other = fixture.node();
  let lost = false;
  const store = committing(fixture.store, async (commit) => {
    const done = await commit();
    if (lost) return done;
    lost = true;
    await other.writer.write("c", send("ben", "b", "after it"));
    throw new StoreUnavailable("lost");
  });
  const { writer } = fixture.node(store);
  assertEquals((await writer.write("c", send("ann", "a", "text"))).seq, 1);
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["a", "b"]);
});

Deno.test("write() sets the same state once more when its change had no answer and others came later", async () => {
  await using fixture = await Fixture.open();
  const other = fixture.node();
  const { id } = await other.writer.write("c", send("ben", "b", "text"));
  let lost = false;
  const store = committing(fixture.store, async (commit) => {
    const done = await commit();
    if (lost) return done;
    lost = true;
    await other.writer.write("c", react("ben", id, "👍"));
    throw new StoreUnavailable("lost");
  });
  const changed = await fixture.node(store).writer.write("c", react("ann", id, "🎉"));
  assertEquals(changed.reactions.map(({ userId, emoji }) => [userId, emoji]), [["ann", "🎉"], ["ben", "👍"]]);
  assertEquals((await fixture.messages()).map(({ reactions }) => reactions.length), [2]);
});

Deno.test("write() says store_unavailable when it stays unknown what happened, and goes on when the store does", async () => {
  await using fixture = await Fixture.open();
  let down = true;
  const store = altered(fixture.store, {
    open: <H extends Head>(from: Collection<H>, id: string) =>
      down ? Promise.reject(new StoreUnavailable("down")) : fixture.store.open(from, id),
  });
  const { writer } = fixture.node(store);
  const refused = await Promise.allSettled(
    ["1", "2"].map((id) => writer.write("c", send("ann", id, "text"))),
  );
  const codes = refused.map((one) =>
    one.status === "rejected" && one.reason instanceof ParleyError && one.reason.code
  );
  assertEquals(codes, ["store_unavailable", "store_unavailable"]);
  down = false;
  assertEquals((await writer.write("c", send("ann", "1", "text"))).seq, 1);
});

Deno.test("write() gives an unknown outcome up after 4 s, however often it has looked", async () => {
  await using fixture = await Fixture.open();
  const clock = new TestClock();
  let opened = 0;
  const store = altered(fixture.store, {
    open() {
      clock.move(++opened * 2_000);
      return Promise.reject(new StoreUnavailable("down"));
    },
  });
  const writer = new Writer({ store, clock, publish: () => {}, instance: "slow" });
  await assertRejects(() => writer.write("c", send("ann", "1", "text")), ParleyError);
  assertEquals(opened, 2);
});

Deno.test("write() tries a change again whose own looks at the store got no answer", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  let looks = 0;
  const once = <T>(answer: T) =>
    ++looks % 2 ? Promise.reject(new StoreUnavailable("lost")) : Promise.resolve(answer);
  const prepared = await writer.write("c", { ...send("ann", "1", "one"), prepare: () => once([]) });
  const loaded = await writer.write("c", { ...send("ann", "2", "two"), load: () => once(undefined) });
  assertEquals([prepared.seq, loaded.seq, looks], [1, 2, 4]);
});

Deno.test("write() passes on what the store says of a commit that it cannot keep, and goes on with the next", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  await assertRejects(() => writer.write("c", send("ann", "1", "\ud800")), TypeError);
  assertEquals((await writer.write("c", send("ann", "2", "text"))).seq, 1);
});

Deno.test("write() takes nothing from a read that comes after its attempt has failed", async () => {
  await using fixture = await Fixture.open();
  const late = Promise.withResolvers<void>();
  let failed = false;
  const store = altered(fixture.store, {
    async find<T extends Doc>(from: Collection<T>, query: Query<T>) {
      const found = await fixture.store.find(from, query);
      if (failed) return found;
      if (from.name === participants.name) await late.promise;
      if (from.name !== messages.name) return found;
      failed = true;
      await fixture.node().writer.write("c", dismiss("ann", "ben"));
      throw new StoreUnavailable("lost");
    },
    async open<H extends Head>(from: Collection<H>, id: string) {
      const head = await fixture.store.open(from, id);
      if (failed) late.resolve();
      return head;
    },
  });
  const error = await assertRejects(
    () => fixture.node(store).writer.write("c", send("ben", "1", "text")),
    ParleyError,
  );
  assertEquals(error.code, "not_found");
});
