import { conversationTexts } from "./en_conversation.ts";
import { filesTexts } from "./en_files.ts";
import { shellTexts } from "./en_shell.ts";

/** Every text of the app, in English. A key that another language lacks is a type error. */
export const en = { ...shellTexts, ...conversationTexts, ...filesTexts } as const;
export type English = typeof en;
