/** The texts of everything around the conversation view, in English. */
export const shellTexts = {
  "ui.close": "Close",
  "ui.loading": "Loading",
  "ui.dismiss": "Dismiss",
  "ui.cancel": "Cancel",
  "ui.discard": "Discard",
  "ui.discard_title": "Discard what you typed?",
  "ui.discard_text": "It has not been saved.",
  "ui.notices": "Notices",
  "ui.unread": { one: "{count} unread message", other: "{count} unread messages" },
  "group.unnamed": "Unnamed group",
  "person.unknown": "Someone",
  "group.members": { one: "{count} member", other: "{count} members" },
} as const;
