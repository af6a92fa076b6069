import { assertEquals } from "@std/assert";
import { Stretch } from "../../src/client/stretch.ts";
import type { MessageView } from "../../src/client/mod.ts";

function message(seq: number, over: Partial<MessageView> = {}): MessageView {
  return {
    id: `c-${seq}`,
    conversationId: "c",
    seq,
    rev: seq,
    senderId: "u",
    sender: { id: "u", username: "u", firstName: "U", lastName: "U", avatar: null },
    clientId: `k${seq}`,
    content: { type: "text", text: `text ${seq}` },
    replyTo: null,
    reactions: [],
    mentions: [],
    isPinned: false,
    pinnedAt: null,
    pinnedBy: null,
    isEdited: false,
    editedAt: null,
    isDeleted: false,
    deletedAt: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...over,
  };
}

const quote = { id: "c-1", seq: 1, senderId: "u", type: "text", text: "text 1", isDeleted: false } as const;

Deno.test("update() takes a newer state and no older one", () => {
  const stretch = new Stretch([message(1), message(2)]);
  stretch.update(message(1, { rev: 5, isPinned: true }));
  stretch.update(message(1, { rev: 4 }));
  assertEquals(stretch.all.map(({ isPinned }) => isPinned), [true, false]);
});

Deno.test("join() leaves no hole", () => {
  const stretch = new Stretch([message(3)]);
  assertEquals(stretch.join([message(5)]), false);
  assertEquals(stretch.join([message(2), message(3), message(4)]), true);
  assertEquals(stretch.all.map(({ seq }) => seq), [2, 3, 4]);
});

Deno.test("update() has answers quote a deleted or changed message as it is now, also one that is not here", () => {
  const answer = message(7, { replyTo: quote });
  const stretch = new Stretch([message(6), answer]);
  const [before] = stretch.all;
  stretch.update(message(1, { rev: 8 }));
  assertEquals(stretch.all.at(-1), answer);
  stretch.update(message(1, { rev: 8, isEdited: true, content: { type: "text", text: "é".repeat(200) } }));
  assertEquals(stretch.all.at(-1)?.replyTo?.text, "é".repeat(140));
  stretch.update(message(1, { rev: 9, isDeleted: true, content: { type: "text", text: "" } }));
  assertEquals(stretch.all.at(-1)?.replyTo, { ...quote, text: "", isDeleted: true });
  assertEquals(stretch.all[0] === before, true);
});
