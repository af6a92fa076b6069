/** Code points of a name that is kept; the end of the name, which tells its type, is kept within them. */
const MAX_NAME = 150;
const MAX_EXTENSION = 16;

/** Names that Windows takes for devices, whatever follows the first dot. */
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** Marks that turn the direction of text, so that `gpj.exe` reads as `exe.jpg`, and others that are not seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Joins the pictures of one emoji, which is seen. */
const JOINER =
  /(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic})/gu;
const KEPT_JOINER = "\u0000";

/** Characters that some file system or shell takes for something else. */
const RESERVED = /[<>:"|?*]/g;

/** The extensions that a type goes by, the first one added where a name has none of them. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  "image/jpeg": ["jpg", "jpeg", "jpe", "jfif"],
  "image/png": ["png", "apng"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
  "image/svg+xml": ["svg"],
  "application/pdf": ["pdf"],
  "application/zip": ["zip"],
  "application/json": ["json"],
  "text/plain": ["txt", "text", "log", "md", "csv", "ini", "conf", "toml", "yaml", "yml"],
  "text/html": ["html", "htm"],
  "text/csv": ["csv"],
  "text/markdown": ["md"],
  "video/mp4": ["mp4", "m4v"],
  "video/webm": ["webm"],
  "video/quicktime": ["mov"],
  "audio/mpeg": ["mp3"],
  "audio/mp4": ["m4a", "mp4"],
  "audio/ogg": ["ogg", "oga", "opus"],
  "audio/wav": ["wav"],
  "audio/webm": ["weba", "webm"],
};

/**
 * A name as it is shown: what stands behind the last slash, without controls and unseen marks, in up to 150 code
 * points. `file` where nothing is left.
 */
export function shownName(given: string): string {
  const last = given.toWellFormed().replaceAll(KEPT_JOINER, "").split(/[/\\]/).at(-1) ?? "";
  const seen = last.replace(JOINER, KEPT_JOINER).replace(
    UNSEEN,
    (mark) => mark === KEPT_JOINER ? "\u200d" : "",
  );
  const trimmed = shortened(seen.normalize("NFC").trim());
  return /^\.*$/.test(trimmed) ? "file" : trimmed;
}

/** The name under which a file is saved: one that every file system takes, with an extension of its type. */
export function savedName(shown: string, mimeType: string): string {
  const plain = shown.replace(RESERVED, "_").replace(/^\.+/, "_").replace(/[. ]+$/, "");
  const safe = DEVICES.test(plain) ? `_${plain}` : plain || "file";
  const fitting = EXTENSIONS[mimeType];
  const extension = /\.([^.]+)$/.exec(safe)?.[1]?.toLowerCase() ?? "";
  return !fitting || fitting.includes(extension) ? safe : `${safe}.${fitting[0]}`;
}

function shortened(name: string): string {
  const points = [...name];
  if (points.length <= MAX_NAME) return name;
  const dot = points.lastIndexOf(".");
  const end = dot > 0 && points.length - dot <= MAX_EXTENSION ? points.slice(dot) : [];
  return [...points.slice(0, MAX_NAME - end.length), ...end].join("");
}
