import { assert, assertEquals, assertRejects } from "@std/assert";
import { notFound, ParleyError } from "../../src/kernel/errors.ts";
import { conversations } from "../../src/order/records.ts";
import { load } from "../../src/order/load.ts";
import type { Message, Participant } from "../../src/order/records.ts";
import type { Collection, Head } from "../../src/ports/store.ts";
import { altered } from "./altered.ts";
import { dismiss, edit, rename, send, strip } from "./changes.ts";
import { committing, Fixture } from "./fixture.ts";
import { newGroup, words } from "./group.ts";

Deno.test("write() gives the changes of one turn consecutive numbers, in the order of the calls", async () => {
  await using fixture = await Fixture.open();
  const { writer, hints } = fixture.node();
  const users = ["ann", "ben", "ann", "cyd", "ben"];
  const sent = await Promise.all(users.map((user, i) => writer.write("c", send(user, `k${i}`, `text ${i}`))));
  assertEquals(
    sent.map(({ seq, rev, senderId }) => [seq, rev, senderId]),
    users.map((user, i) => [i + 1, i + 1, user]),
  );
  assertEquals(hints.map(({ from, head }) => [from, head.rev]), [[0, 5]]);
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["k0", "k1", "k2", "k3", "k4"]);
});

Deno.test("write() leaves out a plan that throws, before or after it touched the draft", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  const [, early, , late, last] = await Promise.allSettled([
    writer.write("c", send("ann", "1", "one")),
    writer.write("c", send("eve", "2", "not a member")),
    writer.write("c", send("ann", "3", "three")),
    writer.write("c", {
      participants: ["ben"],
      plan(draft) {
        draft.addMessage(words("ben", "4"));
        draft.changeConversation({ name: "never" });
        throw notFound();
      },
    }),
    writer.write("c", send("ann", "5", "five")),
  ]);
  assertEquals([early?.status, late?.status], ["rejected", "rejected"]);
  assert(last?.status === "fulfilled");
  assertEquals([last.value.seq, last.value.rev], [3, 3]);
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["1", "3", "5"]);
  assertEquals((await fixture.head()).name, null);
});

Deno.test("write() rejects only the change whose prepare() fails, and shows the others what theirs found", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  const seen: unknown[] = [];
  const outcomes = await Promise.allSettled([
    writer.write("c", { prepare: () => Promise.reject(notFound()), plan: () => seen.push("planned") }),
    writer.write("c", {
      prepare: (head) => Promise.resolve([head.id === "c" ? "ben" : ""]),
      plan: (draft) => seen.push(draft.member("ben")?.role),
    }),
    writer.write("c", send("ann", "1", "one")),
  ]);
  assertEquals(outcomes.map(({ status }) => status), ["rejected", "fulfilled", "fulfilled"]);
  assertEquals(seen, ["member"]);
});

Deno.test("write() commits a change that loads by itself alone, with all before it in sight", async () => {
  await using fixture = await Fixture.open();
  const { writer, hints } = fixture.node();
  await Promise.all([
    writer.write("c", send("ann", "1", "one")),
    writer.write("c", send("ann", "2", "two")),
    writer.write("c", strip(5)),
    writer.write("c", send("ann", "3", "three")),
  ]);
  assertEquals(hints.map(({ from, head }) => [from, head.rev, head.firstSeq]), [[0, 2, 1], [2, 3, 3], [
    3,
    4,
    3,
  ]]);
  assertEquals((await fixture.messages()).map(({ isDeleted }) => isDeleted), [true, true, false]);
});

Deno.test("write() shows a plan the messages and members of its own conversation alone", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  const { head, writes } = newGroup("d", ["dan"]);
  await fixture.store.create(conversations, head, writes);
  const { id } = await writer.write("d", send("dan", "k", "theirs"));
  const seen = await writer.write("c", {
    ...{ participants: ["dan"], messages: [id], clientIds: [["dan", "k"]] },
    plan: (draft) => [draft.member("dan"), draft.message(id), draft.sent("dan", "k")],
  });
  assertEquals(seen, [undefined, undefined, undefined]);
});

Deno.test("load() keeps a thousand members at hand, and reads anew what it needs once there are more", async () => {
  await using fixture = await Fixture.open();
  const head = await fixture.head();
  const known = new Map<string, Participant>();
  const wanted = (...participants: string[]) =>
    load(fixture.store, head, [{ participants, plan: () => {} }], [], known);
  await wanted("ann");
  const ann = known.get("ann");
  assert(ann);
  for (let n = 1; n < 1_000; n++) known.set(`u${n}`, ann);
  await wanted("ben");
  assertEquals([known.size, known.get("ann") === ann], [1_001, true]);
  await wanted("ann", "cyd");
  assertEquals([...known.keys()].sort(), ["ann", "cyd"]);
});

Deno.test("write() answers a retry with the first message, from any node, and commits nothing", async () => {
  await using fixture = await Fixture.open();
  const one = fixture.node();
  const [first, doubled] = await Promise.all(
    ["first", "again"].map((text) => one.writer.write("c", send("ann", "k", text))),
  );
  const other = fixture.node();
  const later = await other.writer.write("c", send("ann", "k", "much later"));
  assertEquals([doubled?.id, later.id, later.content.text], [first?.id, first?.id, "first"]);
  assertEquals(other.hints, []);
  assertEquals((await fixture.head()).rev, 1);
});

Deno.test("write() answers what commits nothing as of the present head, not of one it remembers", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  await writer.write("c", send("ben", "1", "one"));
  await fixture.node().writer.write("c", dismiss("ann", "ben"));
  let plans = 0;
  const { plan, ...needs } = send("ben", "1", "one");
  const retry = { ...needs, plan: (draft: Parameters<typeof plan>[0]) => (plans++, plan(draft)) };
  const error = await assertRejects(() => writer.write("c", retry), ParleyError);
  assertEquals([error.code, plans], ["not_found", 2]);
});

Deno.test("write() plans anew when another node was faster", async () => {
  await using fixture = await Fixture.open();
  const nodes = [fixture.node(), fixture.node(), fixture.node()];
  const sent = await Promise.all(nodes.flatMap(({ writer }, n) =>
    Array.from({ length: 15 }, async (_, i) => {
      await Promise.resolve();
      return await writer.write("c", send("ann", `${n}.${i}`, "text"));
    })
  ));
  const seqs = sent.map(({ seq }) => seq).sort((a, b) => a - b);
  assertEquals(seqs, Array.from({ length: 45 }, (_, i) => i + 1));
  assertEquals((await fixture.messages()).map(({ rev }) => rev), seqs);
  assertEquals((await fixture.head()).seq, 45);
});

Deno.test("write() keeps the order of the calls when a batch is lost and more was asked for meanwhile", async () => {
  await using fixture = await Fixture.open();
  const other = fixture.node();
  let meanwhile: Promise<Message> | undefined;
  const store = committing(fixture.store, async (commit) => {
    if (meanwhile) return await commit();
    meanwhile = writer.write("c", send("ben", "2", "two"));
    await other.writer.write("c", send("cyd", "0", "zero"));
    return await commit();
  });
  const { writer } = fixture.node(store);
  await writer.write("c", send("ann", "1", "one"));
  await meanwhile;
  assertEquals((await fixture.messages()).map(({ clientId }) => clientId), ["0", "1", "2"]);
});

Deno.test("write() publishes each commit once, in order, each going on where the last one ended", async () => {
  await using fixture = await Fixture.open();
  const { writer, hints } = fixture.node();
  for (const i of [1, 2, 3]) {
    await Promise.all([
      writer.write("c", send("ann", `a${i}`, "text")),
      writer.write("c", send("ben", `b${i}`, "text")),
      writer.write("c", edit("ann", "c-1", `edit ${i}`)),
      writer.write("c", rename("ann", `name ${i}`)),
    ].map((answer) => answer.catch(() => undefined)));
  }
  assertEquals(hints.map(({ from }) => from), [0, ...hints.slice(0, -1).map(({ head }) => head.rev)]);
  const revs = hints.flatMap(({ changes }) => changes.map(({ rev }) => rev));
  assertEquals(revs, revs.map((_, i) => i + 1));
  assertEquals(revs.length, (await fixture.head()).rev);
});

Deno.test("write() has the members of a conversation settled before it answers, but waits for nothing else", async () => {
  await using fixture = await Fixture.open();
  const settled: unknown[] = [];
  const store = committing(fixture.store, (commit, { settle }) => {
    settled.push(settle);
    return commit();
  });
  const { writer } = fixture.node(store);
  await writer.write("c", send("ann", "1", "one"));
  await writer.write("c", dismiss("ann", "ben"));
  await writer.write("c", rename("ann", "a name"));
  assertEquals(settled, [false, true, false]);
});

Deno.test("write() cuts what does not fit into one commit, and keeps the order", async () => {
  await using fixture = await Fixture.open();
  const sizes: number[] = [];
  const bytes: number[] = [];
  const store = committing(fixture.store, (commit, { writes }) => {
    sizes.push(writes.length);
    bytes.push(
      new TextEncoder().encode(JSON.stringify(writes.map((write) => ({ ...write, into: "" })))).length,
    );
    return commit();
  });
  const { writer } = fixture.node(store);
  const small = Array.from({ length: 200 }, (_, i) => writer.write("c", send("ann", `s${i}`, "small")));
  const large = Array.from(
    { length: 40 },
    (_, i) => writer.write("c", send("ben", `l${i}`, "\u0001".repeat(8_000))),
  );
  const sent = await Promise.all([...small, ...large]);
  assertEquals(sent.map(({ seq }) => seq), sent.map((_, i) => i + 1));
  assert(sizes.length >= 5 && Math.max(...sizes) <= 128, `${sizes}`);
  assert(Math.max(...bytes) <= 256 * 1024, `${bytes}`);
});

Deno.test("write() refuses more than 10,000 changes that wait for one conversation", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  const idle = { plan: () => 1 };
  const waiting = Array.from({ length: 10_000 }, () => writer.write("c", idle));
  const error = await assertRejects(() => writer.write("c", idle), ParleyError);
  assertEquals(error.code, "overloaded");
  assertEquals((await Promise.all(waiting)).length, 10_000);
  assertEquals(await writer.write("c", idle), 1);
});

Deno.test("write() answers not_found for a conversation that is not there, or has ended", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  const missing = await assertRejects(() => writer.write("none", send("ann", "1", "one")), ParleyError);
  const end = {
    plan: (draft: { changeConversation(set: { endedAt: string }): void }) =>
      draft.changeConversation({ endedAt: "2026-01-01T00:00:00.000Z" }),
  };
  await writer.write("c", end);
  const ended = await assertRejects(() => writer.write("c", send("ann", "1", "one")), ParleyError);
  assertEquals([missing.code, ended.code], ["not_found", "not_found"]);
  assertEquals(await fixture.messages(), []);
});

Deno.test("write() reads a head once while it wins, and again when it has written to many others since", async () => {
  await using fixture = await Fixture.open();
  let opened = 0;
  const store = altered(fixture.store, {
    open: <H extends Head>(from: Collection<H>, id: string) => {
      if (id !== "c") return Promise.resolve(undefined);
      opened++;
      return fixture.store.open(from, id);
    },
  });
  const { writer } = fixture.node(store);
  await writer.write("c", send("ann", "1", "one"));
  await writer.write("c", send("ann", "2", "two"));
  await writer.settled();
  assertEquals(opened, 1);
  const others = Array.from({ length: 10_000 }, (_, i) => writer.write(`x${i}`, { plan: () => 1 }));
  await Promise.allSettled(others);
  await writer.write("c", send("ann", "3", "three"));
  assertEquals(opened, 2);
});

Deno.test("write() keeps the order of a conversation that is busy while many others are written to", async () => {
  await using fixture = await Fixture.open();
  const held = Promise.withResolvers<void>();
  let opened = 0;
  const store = altered(fixture.store, {
    async open<H extends Head>(from: Collection<H>, id: string) {
      if (id !== "c") return undefined;
      opened++;
      await held.promise;
      return await fixture.store.open(from, id);
    },
  });
  const { writer } = fixture.node(store);
  const first = writer.write("c", send("ann", "1", "one"));
  while (opened === 0) await new Promise((resolve) => setTimeout(resolve));
  await Promise.allSettled(
    Array.from({ length: 10_000 }, (_, i) => writer.write(`x${i}`, { plan: () => 1 })),
  );
  const second = writer.write("c", send("ann", "2", "two"));
  held.resolve();
  assertEquals([(await first).seq, (await second).seq, opened], [1, 2, 1]);
});

Deno.test("settled() resolves when everything that was asked for is done, also in the same turn", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  void writer.write("c", send("ann", "1", "one"));
  await writer.settled();
  const [head] = await fixture.store.heads(conversations, ["c"]);
  assertEquals(head?.seq, 1);
});
