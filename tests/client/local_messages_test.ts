import { assertEquals } from "@std/assert";
import { LocalMessages } from "../../src/client/local_messages.ts";
import type { MessageView } from "../../src/client/mod.ts";

const NOBODY = { read: 0, delivered: 0 };

/** What of a message counts here. */
function message(senderId: string, clientId: string, seq: number): MessageView {
  return { id: `${senderId} ${clientId}`, senderId, clientId, seq } as MessageView;
}

Deno.test("show() shows a message once that has come while it is on its way here, and no other one less", () => {
  const stored = [message("bob", "1", 1), message("ann", "2", 2)];
  const pending = ["1", "2", "3"].map((clientId) => ({
    clientId,
    state: "sending" as const,
    message: message("ann", clientId, 0),
  }));
  const shown = new LocalMessages().show(stored, pending, "ann", NOBODY);
  assertEquals(shown.map(({ clientId, state }) => `${clientId} ${state}`), [
    "1 sent",
    "2 sent",
    "1 sending",
    "3 sending",
  ]);
});
