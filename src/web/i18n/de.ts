import { conversationTexts } from "./de_conversation.ts";
import { filesTexts } from "./de_files.ts";
import { shellTexts } from "./de_shell.ts";
import type { English } from "./en.ts";
import type { Translation } from "./table.ts";

/** Every text of the app, in German. */
export const de: Translation<English> = { ...shellTexts, ...conversationTexts, ...filesTexts };
