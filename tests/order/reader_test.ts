import { assertEquals, assertRejects } from "@std/assert";
import type { Hint } from "../../src/order/changes.ts";
import { publishHint } from "../../src/order/publish.ts";
import { readChanges, readHeads, readMembers, readMembership } from "../../src/order/reader.ts";
import type { MemberPosition } from "../../src/order/reader.ts";
import { conversations } from "../../src/order/records.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { admit, dismiss, edit, send, strip } from "./changes.ts";
import { Fixture } from "./fixture.ts";

/** The head for a reader, as the store has it now. */
async function headOf({ store }: Fixture) {
  const [head] = await readHeads(store, ["c"]);
  if (!head) throw new Error("the conversation is gone");
  return head;
}

Deno.test("readChanges() gives what changed, in order of rev, each message as it is now", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  for (const i of [1, 2, 3, 4]) await writer.write("c", send("ann", `k${i}`, `text ${i}`));
  await writer.write("c", edit("ann", "c-2", "edited"));
  const head = await headOf(fixture);
  const changes = await readChanges(fixture.store, head, 1, 10);
  assertEquals(changes?.map(({ seq, rev, content }) => [seq, rev, content.text]), [
    [3, 3, "text 3"],
    [4, 4, "text 4"],
    [2, 5, "edited"],
  ]);
  assertEquals(
    [await readChanges(fixture.store, head, 5, 10), await readChanges(fixture.store, head, 9, 10)],
    [[], []],
  );
});

Deno.test("readChanges() gives as many as the limit, and undefined for one more", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  await Promise.all(Array.from({ length: 6 }, (_, i) => writer.write("c", send("ann", `k${i}`, "text"))));
  const head = await headOf(fixture);
  assertEquals((await readChanges(fixture.store, head, 0, 6))?.length, 6);
  assertEquals(await readChanges(fixture.store, head, 0, 5), undefined);
  assertEquals((await readChanges(fixture.store, head, 1, 5))?.length, 5);
});

Deno.test("readChanges() holds to the head it is given, and leaves out what retention has stripped", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  for (const i of [1, 2, 3]) await writer.write("c", send("ann", `k${i}`, "text"));
  const before = await headOf(fixture);
  await writer.write("c", send("ann", "k4", "text"));
  assertEquals((await readChanges(fixture.store, before, 1, 10))?.map(({ seq }) => seq), [2, 3]);
  await writer.write("c", strip(2));
  const changes = await readChanges(fixture.store, await headOf(fixture), 0, 10);
  assertEquals(changes?.map(({ seq, rev }) => [seq, rev]), [[3, 3], [4, 4]]);
});

Deno.test("readMembers() pages all members, longest-standing first, whatever the size of a page", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  for (const user of ["fay", "dan", "eve"]) await writer.write("c", admit("ann", user));
  await writer.write("c", dismiss("ann", "ben"));
  await writer.write("c", dismiss("ann", "dan"));
  await writer.write("c", admit("ann", "dan"));
  const head = await headOf(fixture);
  for (const limit of [1, 2, 3, 10]) {
    const found: string[] = [];
    for (let after: MemberPosition | undefined, size = limit; size === limit;) {
      const page = await readMembers(fixture.store, head, limit, after);
      found.push(...page.map(({ userId }) => userId));
      after = page.at(-1) ?? after;
      size = page.length;
    }
    assertEquals(found, ["ann", "cyd", "fay", "eve", "dan"]);
  }
});

Deno.test("readMembership() answers not_found for who never was, is no more, or would be of what has ended", async () => {
  await using fixture = await Fixture.open();
  const { writer } = fixture.node();
  const codeOf = async (id: string, userId: string) =>
    (await assertRejects(() => readMembership(fixture.store, id, userId), ParleyError)).code;
  await writer.write("c", dismiss("ann", "ben"));
  const { head, participant } = await readMembership(fixture.store, "c", "ann");
  assertEquals([head.id, head.memberCount, participant.role], ["c", 2, "admin"]);
  assertEquals(
    [await codeOf("c", "ben"), await codeOf("c", "eve"), await codeOf("d", "ann")],
    Array(3).fill("not_found"),
  );
  await writer.write("c", { plan: (draft) => draft.changeConversation({ endedAt: draft.now }) });
  assertEquals([await codeOf("c", "ann"), await readHeads(fixture.store, ["c"])], ["not_found", []]);
  assertEquals((await fixture.store.heads(conversations, ["c"])).length, 1);
});

Deno.test("publishHint() tells the conversation's topic, and each new member's own", async () => {
  await using fixture = await Fixture.open();
  const { writer, hints } = fixture.node();
  await Promise.all([
    writer.write("c", send("ann", "1", "text")),
    writer.write("c", admit("ann", "dan")),
    writer.write("c", dismiss("ann", "ben")),
  ]);
  const published: unknown[] = [];
  const [hint]: readonly Hint[] = hints;
  if (!hint) throw new Error("nothing was published");
  publishHint({
    publish: (topic, message) => void published.push([topic, message]),
    subscribe: () => Promise.resolve(() => {}),
    onGap: () => () => {},
    close: () => Promise.resolve(),
  }, hint);
  assertEquals(published, [["c:c", hint], ["u:dan", { kind: "joined", conversationId: "c", rev: 2 }]]);
});
