/** The texts of the conversation view, in English. */
export const conversationTexts = {
  "conversation.loading": "Loading messages",
} as const;
