import { assert, assertEquals } from "@std/assert";
import { Draft } from "../../src/order/draft.ts";
import type { Loaded } from "../../src/order/draft.ts";
import type { Message, Participant } from "../../src/order/records.ts";
import type { Write } from "../../src/ports/store.ts";
import { newGroup, words } from "./group.ts";
import { Random } from "./random.ts";

const NOW = "2026-01-02T00:00:00.000Z";
const LATER = "2026-01-03T00:00:00.000Z";

/** A draft of a group of ann, who is its admin, ben and cyd, with what was said before. */
function draftOf(said: readonly Message[] = []): Draft {
  const { head, writes } = newGroup("c", ["ann", "ben", "cyd"]);
  const members = writes.flatMap((write) => "insert" in write ? [write.insert as Participant] : []);
  const loaded: Loaded = {
    head: { ...head, rev: said.length, seq: said.length },
    participants: new Map(members.map((member) => [member.userId, member])),
    messages: said,
  };
  return new Draft(loaded, NOW);
}

/** Messages that ann has sent. */
function saidBefore(count: number): Message[] {
  const draft = draftOf();
  return Array.from({ length: count }, (_, i) => draft.addMessage(words("ann", `k${i}`)));
}

/** The fields that a draft sets of a record. */
function patchOf(draft: Draft, id: string): object | undefined {
  const write = draft.writes.list.find((one) => "id" in one && one.id === id);
  return write && "patch" in write ? write.patch : undefined;
}

function sizeOf(writes: readonly Write[]): number {
  const texts = writes.map((write) => JSON.stringify("insert" in write ? write.insert : write.patch));
  return new TextEncoder().encode(texts.join("")).length;
}

Deno.test("addMessage() takes the next place and number, and moves what its sender has received, read and sent", () => {
  const draft = draftOf();
  draft.addMessage(words("ben", "1"));
  const second = draft.addMessage(words("ben", "2"));
  assertEquals([second.id, second.seq, second.rev, second.firstRev], ["c-2", 2, 2, 2]);
  const marks = { lastReadSeq: 2, lastDeliveredSeq: 2, lastReadAt: NOW };
  assertEquals(patchOf(draft, "c-ben"), { ...marks, sentCount: 2, rev: 2 });
  assertEquals(draft.writes.count, 3);
});

Deno.test("addSystemMessage() counts for nobody, and is read by who caused it and had read everything", () => {
  const draft = draftOf();
  const one = draft.addSystemMessage("ann", "name_changed", { name: "a" });
  const two = draft.addSystemMessage("ann", "name_changed", { name: "b" });
  assertEquals([one.clientId, one.content.metadata], [null, { systemType: "name_changed", name: "a" }]);
  assert(one.dedupe !== two.dedupe);
  const read = { lastReadSeq: 2, lastDeliveredSeq: 2, rev: 2 };
  assertEquals(patchOf(draft, "c-ann"), read);
  draft.addSystemMessage("ben", "name_changed", { name: "c" });
  assertEquals(patchOf(draft, "c-ben"), undefined);
  draft.addSystemMessage("ann", "name_changed", { name: "d" });
  assertEquals(patchOf(draft, "c-ann"), read, "one was not read");
});

Deno.test("sent() finds what this batch has sent, and what was loaded", () => {
  const draft = draftOf(saidBefore(1));
  draft.addMessage(words("ben", "k0"));
  assertEquals([draft.sent("ann", "k0")?.seq, draft.sent("ben", "k0")?.seq, draft.sent("ben", "k1")], [
    1,
    2,
    undefined,
  ]);
});

Deno.test("changeMessage() goes into the message's insert, or into one patch", () => {
  const [old] = saidBefore(1);
  assert(old);
  const draft = draftOf([old]);
  const fresh = draft.addMessage(words("ben", "1"));
  draft.changeMessage(fresh, "message_pinned", { isPinned: true });
  const once = draft.changeMessage(old, "message_pinned", { isPinned: true });
  const twice = draft.changeMessage(once, "message_edited", { isEdited: true });
  assertEquals([twice.isPinned, twice.isEdited, twice.rev], [true, true, 5]);
  assertEquals(patchOf(draft, old.id), { isPinned: true, isEdited: true, rev: 5, updatedAt: NOW });
  const insert = draft.writes.list.find((write) => "insert" in write);
  assert(insert && "insert" in insert);
  assertEquals([insert.insert.rev, (insert.insert as Message).isPinned], [3, true]);
  assertEquals(draft.changes.map(({ rev, event }) => [rev, event]), [
    [2, "new_message"],
    [3, "message_pinned"],
    [4, "message_pinned"],
    [5, "message_edited"],
  ]);
});

Deno.test("changeMembers() counts who comes, who goes and who is an admin, as one change", () => {
  const draft = draftOf();
  draft.changeMembers({
    add: [{ userId: "dan", role: "admin" }, { userId: "eve", role: "member" }],
    remove: ["ben", "nobody"],
    roles: [{ userId: "cyd", role: "admin" }, { userId: "ann", role: "member" }],
  });
  const { rev, memberCount, adminCount, infoRev, membersRev } = draft.head;
  assertEquals({ rev, memberCount, adminCount, infoRev, membersRev }, {
    rev: 1,
    memberCount: 4,
    adminCount: 2,
    infoRev: 1,
    membersRev: 1,
  });
  const [change] = draft.changes;
  assert(change?.event === "conversation");
  assertEquals(change.members?.added.map(({ userId }) => userId), ["dan", "eve"]);
  assertEquals(change.members?.removed, ["ben"]);
  assertEquals(change.members?.changed.map(({ userId, role }) => [userId, role]), [["cyd", "admin"], [
    "ann",
    "member",
  ]]);
  assertEquals([draft.member("ben"), draft.participant("ben")?.left], [undefined, true]);
});

Deno.test("changeMembers() says of each whom it touches by which change, and when", () => {
  const draft = draftOf(saidBefore(1));
  draft.changeMembers({ remove: ["ben"] });
  draft.changeMembers({ roles: [{ userId: "cyd", role: "moderator" }] });
  const later = new Draft({ head: draft.head, participants: draft.touched, messages: [] }, LATER);
  later.changeMembers({ add: [{ userId: "ben", role: "member" }, { userId: "dan", role: "member" }] });
  const touched = [draft, later].flatMap(({ touched }) => [...touched.values()]);
  assertEquals(touched.map(({ userId, memberRev, memberAt }) => [userId, memberRev, memberAt]), [
    ["ben", 2, NOW],
    ["cyd", 3, NOW],
    ["ben", 4, LATER],
    ["dan", 4, LATER],
  ]);
});

Deno.test("see() adds whom the draft does not know, and leaves those whom it does as they are there", () => {
  const draft = draftOf();
  const ben = draft.member("ben");
  assert(ben);
  draft.see({ ...ben, id: "c-dan", userId: "dan" });
  draft.changeMembers({ roles: [{ userId: "ben", role: "admin" }] });
  draft.see(ben);
  assertEquals([draft.member("dan")?.role, draft.member("ben")?.role], ["member", "admin"]);
  assertEquals(draft.writes.count, 1);
});

Deno.test("changeMembers() takes a member back who has left, as a new one who has read all", () => {
  const draft = draftOf(saidBefore(2));
  draft.addMessage(words("ben", "1"));
  draft.changeMembers({ remove: ["ben"] });
  draft.changeMembers({ remove: ["ben"] });
  assertEquals(draft.head.memberCount, 2);
  draft.changeMembers({ add: [{ userId: "ben", role: "moderator" }] });
  const { left, role, joinedRev, memberRev, lastReadSeq, lastReadAt } = draft.member("ben") ?? {};
  assertEquals({ left, role, joinedRev, memberRev, lastReadSeq, lastReadAt }, {
    left: false,
    role: "moderator",
    joinedRev: 6,
    memberRev: 6,
    lastReadSeq: 3,
    lastReadAt: null,
  });
  assertEquals([draft.head.memberCount, draft.writes.count], [3, 2]);
});

Deno.test("strip() takes the content, keeps the place and the clientId, and is one change of no activity", () => {
  const said = saidBefore(100);
  const draft = draftOf(said);
  const { updatedAt } = draft.head;
  draft.strip(said, 101);
  assertEquals([draft.head.firstSeq, draft.head.rev, draft.head.infoRev], [101, 101, 101]);
  assertEquals(draft.head.updatedAt, updatedAt);
  assertEquals([draft.writes.count, draft.changes.length], [100, 1]);
  const patch = patchOf(draft, "c-1") ?? {};
  assertEquals(Object.keys(patch).filter((key) => ["clientId", "dedupe", "digest", "seq"].includes(key)), []);
  assertEquals(Reflect.get(patch, "content"), { type: "text", text: "", metadata: {} });
});

Deno.test("bytes is never less than what the writes take up", () => {
  const random = new Random(11);
  const letters = ["a", "é", "中", "👍", "\u0000", "\u0001", '"', "\\"];
  for (let round = 0; round < 60; round++) {
    const draft = draftOf(saidBefore(2));
    for (let i = round === 0 ? 0 : random.between(1, 6); i > 0; i--) {
      const text = (random.pick(letters) ?? "").repeat(random.below(random.pick([4_000, 10]) ?? 0) + 1);
      const message = draft.addMessage({ ...words("ann", `x${i}`, text), mentions: ["ben", "cyd"] });
      const reactions = Array.from(
        { length: random.below(40) },
        () => ({ userId: "u".repeat(26), emoji: "👨‍👩‍👧‍👦", addedAt: NOW }),
      );
      if (random.chance(0.5)) draft.changeMessage(message, "reaction_updated", { reactions });
    }
    if (round === 0) draft.changeMembers({ roles: [{ userId: "ben", role: "admin" }] });
    if (random.chance(0.3)) {
      draft.changeMembers({ add: [{ userId: "d".repeat(26), role: "member" }], remove: ["cyd"] });
    }
    assert(
      sizeOf(draft.writes.list) <= draft.writes.bytes,
      `${sizeOf(draft.writes.list)} > ${draft.writes.bytes} in round ${round}`,
    );
  }
});
