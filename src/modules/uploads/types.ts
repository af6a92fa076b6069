import { fileTypeFromBuffer, supportedMimeTypes } from "file-type";
import { ParleyError } from "../../kernel/errors.ts";

/** Bytes of a file's beginning that its type is told from. */
export const SNIFFED_BYTES = 4100;

/** Anything may be meant by it: the bytes decide. */
export const ANY_TYPE = "application/octet-stream";

/** Other names of types. */
const ALIASES: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/apng": "image/png",
  "image/x-png": "image/png",
  "audio/mp3": "audio/mpeg",
  "audio/x-wav": "audio/wav",
  "audio/wave": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/x-m4a": "audio/mp4",
  "audio/aac": "audio/mp4",
  "audio/opus": "audio/ogg",
  "application/ogg": "audio/ogg",
  "video/x-m4v": "video/mp4",
  "video/matroska": "video/x-matroska",
  "application/x-zip-compressed": "application/zip",
  "text/xml": "application/xml",
};

/** Types that the bytes alone do not tell apart: whoever sends one of them has the last word. */
const FAMILIES: readonly (readonly string[])[] = [
  ["video/mp4", "audio/mp4", "video/quicktime"],
  ["video/webm", "audio/webm"],
  ["video/ogg", "audio/ogg"],
];

/** Containers whose beginning may not tell what is in them. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  "application/zip": /^application\/(epub\+zip|vnd\.(openxmlformats-officedocument|oasis\.opendocument)\.)/,
  "application/x-cfb": /^application\/(msword|vnd\.ms-)/,
  "text/plain": /^(text\/(?!html$|xml$)|application\/(json|x-ndjson|yaml|toml|sql)$)/,
};

/** What browsers take for a page at the beginning of a text (WHATWG MIME Sniffing, 7.1), and what else may hold scripts. */
const PAGE =
  /^<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--|meta|link|base|object|embed|form|img|input)[\s>/]/;
const SVG = /^(<\?xml[^>]*>\s*)?(<!doctype[^>]*>\s*|<!--[\s\S]*?-->\s*)*<([a-z]+:)?svg[\s>/]/;

// deno-lint-ignore no-control-regex -- what no text holds
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** A media type in its usual name, without parameters. */
export function plainType(given: string): string {
  const type = given.split(";")[0]?.trim().toLowerCase() ?? "";
  return ALIASES[type] ?? type;
}

/** The type that a file's first `SNIFFED_BYTES` tell; `undefined` where they tell none. */
export async function sniff(head: Uint8Array): Promise<string | undefined> {
  const text = new TextDecoder().decode(head).replace(/^\s+/, "").toLowerCase();
  if (SVG.test(text)) return "image/svg+xml";
  const found = await fileTypeFromBuffer(head);
  if (found) return plainType(found.mime);
  if (NO_TEXT.test(text)) return undefined;
  return PAGE.test(text) ? "text/html" : "text/plain";
}

/**
 * The type that a file is taken for, when its bytes tell `sniffed` and its sender says `claimed`. Throws
 * `unsupported_media_type` for one that is not among `allowed`, and `file_type_mismatch` where the two disagree.
 */
export function agreedType(
  sniffed: string | undefined,
  claimed: string | undefined,
  allowed: readonly string[],
): string {
  const said = claimed === undefined ? ANY_TYPE : plainType(claimed);
  const type = said === ANY_TYPE ? sniffed : agrees(sniffed, said) ? said : undefined;
  if (type !== undefined) return allowedType(type, allowed);
  if (sniffed === undefined && said === ANY_TYPE) throw notAllowed("an unknown type");
  throw new ParleyError("file_type_mismatch", `The file is ${sniffed ?? "something else"}, not ${said}`);
}

/** The type itself. Throws `unsupported_media_type` for one that is not among `allowed`. */
export function allowedType(type: string, allowed: readonly string[]): string {
  if (allowed.some((other) => plainType(other) === type)) return type;
  throw notAllowed(type);
}

function agrees(sniffed: string | undefined, said: string): boolean {
  if (sniffed === said) return true;
  if (sniffed === undefined) return !isKnown(said);
  return FAMILIES.some((family) => family.includes(sniffed) && family.includes(said)) ||
    (CONTAINERS[sniffed]?.test(said) ?? false);
}

/** Whether the bytes would have told this type. */
function isKnown(type: string): boolean {
  return type.startsWith("text/") || type === "image/svg+xml" ||
    [...supportedMimeTypes].some((known) => plainType(known) === type);
}

function notAllowed(type: string): ParleyError {
  return new ParleyError("unsupported_media_type", `Files of this kind are not taken: ${type}`);
}
