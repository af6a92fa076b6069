import { assertEquals } from "@std/assert";
import type { Conversation, LocalMessage } from "../../src/client/mod.ts";
import { onComposerKey } from "../../src/web/conversation/composer_keys.ts";
import { Stage } from "../../src/web/conversation/stage.ts";
import { local } from "./conversation_support.ts";

/** A look at a conversation of two, where these messages are loaded. */
function stageOf(messages: readonly LocalMessage[] = []): Stage {
  const view = {
    type: "direct",
    role: "member",
    unread: 0,
    lastReadSeq: 0,
    seq: messages.length,
    firstSeq: 1,
  };
  const conversation = { id: "c", view, messages, hasOlder: false, hasNewer: false, participants: [] };
  return new Stage(conversation as unknown as Conversation, "me", () => {});
}

interface Pressed {
  readonly text?: string;
  readonly isTouch?: boolean;
  readonly stage?: Stage;
}

/** What a key does in the input: whether it sends, and whether the browser is kept from doing what it would. */
function press(
  keys: Partial<KeyboardEvent>,
  { text = "hi", isTouch = false, stage = stageOf() }: Pressed = {},
): { sent: boolean; prevented: boolean } {
  const done = { sent: false, prevented: false };
  const event = {
    shiftKey: false,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    isComposing: false,
    keyCode: 0,
    ...keys,
    preventDefault: () => done.prevented = true,
    stopPropagation: () => {},
  };
  const onSend = () => done.sent = true;
  onComposerKey(stage, event as unknown as KeyboardEvent, { text, isTouch, onSend });
  return done;
}

Deno.test("Enter sends, and with Shift it begins a line", () => {
  assertEquals(press({ key: "Enter" }), { sent: true, prevented: true });
  assertEquals(press({ key: "Enter", shiftKey: true }), { sent: false, prevented: false });
});

Deno.test("on a touch screen Enter begins a line; Control+Enter sends everywhere", () => {
  assertEquals(press({ key: "Enter" }, { isTouch: true }), { sent: false, prevented: false });
  assertEquals(press({ key: "Enter", ctrlKey: true }, { isTouch: true }), { sent: true, prevented: true });
  assertEquals(press({ key: "Enter", metaKey: true }), { sent: true, prevented: true });
});

Deno.test("while a word is being composed no key does anything but compose", () => {
  for (const key of ["Enter", "ArrowUp", "Escape"]) {
    assertEquals(press({ key, isComposing: true }, { text: "" }), { sent: false, prevented: false });
    assertEquals(press({ key, keyCode: 229 }, { text: "" }), { sent: false, prevented: false });
  }
});

Deno.test("Up in an empty input begins to change one's last message, and moves the caret in any other", () => {
  const now = new Date().toISOString();
  const messages = [local({ seq: 1, by: "me", at: now }), local({ seq: 2, by: "ann", at: now })];
  const stage = stageOf(messages);
  assertEquals(press({ key: "ArrowUp" }, { stage }).prevented, false);
  assertEquals(press({ key: "ArrowUp" }, { stage, text: "" }).prevented, true);
  assertEquals(stage.editing.value?.id, "m1");
  assertEquals(
    press({ key: "ArrowUp" }, { stage: stageOf([local({ by: "ann" })]), text: "" }).prevented,
    false,
  );
});

Deno.test("Escape steps back from a change, then from an answer, and otherwise is none of the input's", () => {
  const stage = stageOf();
  stage.editing.value = local().message;
  assertEquals([press({ key: "Escape" }, { stage }).prevented, stage.editing.value], [true, undefined]);
  stage.replyTo.value = local().message;
  assertEquals([press({ key: "Escape" }, { stage }).prevented, stage.replyTo.value], [true, undefined]);
  assertEquals(press({ key: "Escape" }, { stage }).prevented, false);
});
