import { statSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { TrustedProxies } from "./http/address.ts";
import { hasCode } from "./kernel/error_code.ts";

const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const SIZE_UNITS = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

/** Reads a variable by `read`, which answers `undefined` for what is not as `expected`. */
function value<T>(expected: string, read: (text: string) => T | undefined): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const result = read(text.trim());
    if (result !== undefined) return result;
    context.addIssue({ code: "custom", message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** A whole number from `min` to `max`. */
export function count(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number, string> {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return value(`a whole number ${bounds}`, (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max ? number : undefined;
  });
}

/** One of `options`. */
export function oneOf<const T extends string>(...options: readonly T[]): z.ZodType<T, string> {
  return value(`one of ${options.join(", ")}`, (text) => options.find((option) => option === text));
}

/** A folder that is there, or can be made where a folder is. */
export const folder: z.ZodType<string, string> = value(
  "a folder, which is made where it is not there",
  (text) => isFolder(text) ? text : undefined,
);

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    return hasCode(error, "ENOENT") && isFolder(dirname(resolve(path)));
  }
}

/** Milliseconds; written as `15m`, `30d`, `500ms`, or a number of seconds. */
export const duration: z.ZodType<number, string> = value("a duration such as 15m, 12h or 30d", (text) => {
  const [, amount, unit = "s"] = /^(\d{1,9})\s*(ms|s|m|h|d|w)?$/.exec(text) ?? [];
  const ms = Number(amount) * DURATION_UNITS[unit as keyof typeof DURATION_UNITS];
  return ms > 0 ? ms : undefined;
});

/** Bytes; written as `10MB`, `512KB`, or a number. A kilobyte has 1,024. */
export const bytes: z.ZodType<number, string> = value("a size such as 10MB or 512KB", sizeOf);

function sizeOf(text: string): number | undefined {
  const [, amount, unit = "B"] = /^(\d{1,12})\s*(B|KB|MB|GB)?$/.exec(text.toUpperCase()) ?? [];
  const size = Number(amount) * SIZE_UNITS[unit as keyof typeof SIZE_UNITS];
  return size > 0 && Number.isSafeInteger(size) ? size : undefined;
}

/** Bytes, written likewise; 0 is no limit. */
export const bytesOrOff: z.ZodType<number, string> = value(
  "a size such as 800MB, or 0",
  (text) => text === "0" ? 0 : sizeOf(text),
);

/** A key of at least 32 bytes. */
export const secret: z.ZodType<string, string> = value(
  "at least 32 bytes",
  (text) => new TextEncoder().encode(text).length >= 32 ? text : undefined,
);

/** Whether a key looks typed by hand or copied from an example. */
export function isWeak(key: string): boolean {
  return new Set(key).size < 10 ||
    /change.?me|your.?(secret|key)|example|password|insecure|placeholder/i.test(key);
}

/** An absolute URL whose scheme is one of `schemes`. */
export function urlOf(...schemes: readonly string[]): z.ZodType<string, string> {
  const expected = `a well-formed URL that begins with ${
    schemes.map((scheme) => `${scheme}://`).join(" or ")
  }`;
  return value(expected, (text) => schemes.some((scheme) => isUrl(text, scheme)) ? text : undefined);
}

/** Where something listens, written as `tcp://host:port`. */
export const tcpAddress: z.ZodType<string, string> = value(
  "an address such as tcp://127.0.0.1:3310",
  (text) => /^tcp:\/\/[^\s/:@]+:[1-9]\d{0,4}$/.test(text) ? text : undefined,
);

// The seed list of a MongoDB URI is no host that a URL parser would take.
function isUrl(text: string, scheme: string): boolean {
  return text.startsWith(`${scheme}://`) &&
    (scheme.startsWith("mongodb") ? MONGODB_URI.test(text) : URL.canParse(text));
}

const SEED = String.raw`([^\s@/?#,:[\]]+|\[[\da-fA-F:.]+\])(:\d{0,5})?`;

/** Who, and a list of hosts; a reserved character of a password has to be escaped. */
const MONGODB_URI = new RegExp(String.raw`^[a-z+]+://([^\s@/?#]+@)?${SEED}(,${SEED})*,?([/?]\S*)?$`);

/** What to listen on. */
export const hostName: z.ZodType<string, string> = value(
  "a host's name or an IP address, without a port",
  (text) => isIP(text) !== 0 || /^[\w.-]+$/.test(text) ? text : undefined,
);

/** Browser origins, comma-separated, or `*`; each as `https://host[:port]`. */
export const originList: z.ZodType<readonly string[], string> = value(
  "origins such as https://chat.example, comma-separated",
  (text) => allOf(parts(text), (part) => part === "*" ? part : originOf(part)),
);

function originOf(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, search } = new URL(text);
  return pathname === "/" && search === "" ? origin : undefined;
}

/** Pictures that cannot be cleaned of the place where they were taken, such as HEIC, AVIF and TIFF. */
const UNCLEAN = /^image\/(?!(jpe?g|pjpeg|png|x-png|apng|gif|webp|svg\+xml)$)/;

/** Media types, comma-separated, such as `image/png`. */
export const mediaTypes: z.ZodType<readonly string[], string> = value(
  "media types such as image/png, comma-separated; of pictures JPEG, PNG, GIF, WebP and SVG alone, since others cannot be " +
    "cleaned of the place where they were taken",
  (text) => {
    const isTaken = (part: string) => /^[\w.+-]+\/[\w.+-]+$/.test(part) && !UNCLEAN.test(part);
    return allOf(parts(text.toLowerCase()), (part) => isTaken(part) ? part : undefined);
  },
);

/** A number of hops, networks such as `10.0.0.0/8`, or `fly`. */
export const trustedProxies: z.ZodType<TrustedProxies, string> = value(
  "a number of hops, CIDRs such as 10.0.0.0/8, or fly",
  (text): TrustedProxies | undefined => {
    if (text === "fly") return { kind: "fly" };
    if (/^\d{1,2}$/.test(text)) {
      return text === "0" ? { kind: "none" } : { kind: "hops", count: Number(text) };
    }
    const cidrs = allOf(parts(text), (part) => isCidr(part) ? part : undefined);
    return cidrs && { kind: "networks", cidrs };
  },
);

function isCidr(text: string): boolean {
  const [base = "", bits, ...more] = text.split("/");
  if (isIP(base) === 0 || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  return bits === undefined || Number(bits) <= (isIP(base) === 6 ? 128 : 32);
}

function parts(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

function allOf<T>(items: readonly string[], read: (item: string) => T | undefined): T[] | undefined {
  const all = items.map(read).filter((item) => item !== undefined);
  return all.length === items.length && all.length > 0 ? all : undefined;
}
