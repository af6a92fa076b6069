import type { shellTexts as original } from "./en_shell.ts";
import type { Translation } from "./table.ts";

/** The texts of everything around the conversation view, in German. */
export const shellTexts: Translation<typeof original> = {
  "ui.close": "Schließen",
  "ui.loading": "Lädt",
  "ui.dismiss": "Ausblenden",
  "ui.cancel": "Abbrechen",
  "ui.discard": "Verwerfen",
  "ui.discard_title": "Eingabe verwerfen?",
  "ui.discard_text": "Sie wurde noch nicht gespeichert.",
  "ui.notices": "Hinweise",
  "ui.unread": { one: "{count} ungelesene Nachricht", other: "{count} ungelesene Nachrichten" },
  "group.unnamed": "Gruppe ohne Namen",
  "person.unknown": "Jemand",
  "group.members": { one: "{count} Mitglied", other: "{count} Mitglieder" },
};
