import type { conversationTexts as original } from "./en_conversation.ts";
import type { Translation } from "./table.ts";

/** The texts of the conversation view, in German. */
export const conversationTexts: Translation<typeof original> = {
  "conversation.loading": "Nachrichten werden geladen",
};
