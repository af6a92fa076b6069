import type { filesTexts as original } from "./en_files.ts";
import type { Translation } from "./table.ts";

/** The texts of files, in German. */
export const filesTexts: Translation<typeof original> = {
  "files.add": "Dateien hinzufügen",
  "files.tray": "Dateien zum Senden",
  "files.added": { one: "{count} Datei hinzugefügt", other: "{count} Dateien hinzugefügt" },
  "files.waiting": "Wartet",
  "files.offline": "Wartet auf das Netz",
  "files.there": "Bereit zum Senden",
  "files.sending": "Wird gesendet",
  "files.progress": "{name}: Fortschritt",
  "files.cancel": "{name} entfernen",
  "files.retry": "{name} nochmal versuchen",
  "files.refused": "{name} wurde nicht angenommen: {reason}",
  "files.drop": "Dateien hier ablegen",
  "files.pasted": "Eingefügtes Bild",

  "files.too_large": "Sie ist größer, als dieser Server erlaubt.",
  "files.not_allowed": "Dateien dieser Art werden hier nicht angenommen.",
  "files.mismatch": "Sie ist etwas anderes, als ihr Name sagt.",
  "files.damaged": "Das Bild ist nicht vollständig.",
  "files.too_many_pixels": "Das Bild hat zu viele Pixel.",
  "files.infected": "Ein Scanner hat Schadsoftware darin gefunden.",
  "files.quota": "Deine Dateien belegen schon deinen ganzen Platz.",
  "files.no_space": "Der Server hat keinen Platz mehr.",
  "files.unreadable": "Sie lässt sich nicht lesen. Wurde sie verschoben, oder ist sie ein Ordner?",
  "files.not_member": "Du kannst hier nichts mehr senden.",
  "files.empty": "Sie ist leer.",

  "files.arriving_one": "{name} fügt eine Datei hinzu",
  "files.arriving_many": {
    one: "{count} Datei wird hinzugefügt",
    other: "{count} Dateien werden hinzugefügt",
  },
  "files.arriving_progress": "Wie weit sie ist",

  "files.picture_of": "Bild von {name}",
  "files.open_picture": "Bild öffnen",
  "files.gone": "Das gibt es nicht mehr.",
  "files.download": "Herunterladen",
  "files.cannot_play": "Dieser Browser kann das nicht abspielen.",
  "files.audio_of": "Aufnahme: {name}",
  "files.video_of": "Video: {name}",

  "files.viewer": "Bilder dieser Unterhaltung",
  "files.previous": "Voriges Bild",
  "files.next": "Nächstes Bild",
  "files.zoom_in": "Vergrößern",
  "files.zoom_out": "Verkleinern",
  "files.place": "{place} von {count}",
  "files.close": "Bilder schließen",

  "files.voice": "Sprachnachricht aufnehmen",
  "files.voice_name": "Sprachnachricht",
  "files.recording": "Aufnahme läuft",
  "files.voice_cancel": "Aufnahme verwerfen",
  "files.voice_send": "Aufnahme senden",
  "files.voice_refused":
    "Der Browser lässt Parley das Mikrofon nicht hören. Du kannst es in den Einstellungen der Seite erlauben.",
  "files.voice_missing": "Es wurde kein Mikrofon gefunden.",
  "files.voice_failed": "Die Aufnahme ist nicht gelungen.",

  "files.gallery": "Bilder und Dateien",
  "files.gallery_none": "Hier wurde noch nichts geteilt.",
  "files.gallery_more": "Ältere laden",
  "files.shared_by": "{name}, {time}",
};
