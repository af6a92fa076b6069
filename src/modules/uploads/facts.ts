import { setImmediate } from "node:timers/promises";
import { imageSize } from "image-size";
import { ParleyError } from "../../kernel/errors.ts";
import type { Inspected } from "./inspect.ts";
import { isPicture } from "./inspect.ts";
import { limitPixels } from "./pictures/limits.ts";
import type { Upload } from "./records.ts";
import type { UploadKind } from "./schema.ts";

/** How long one looks for a duration. */
const PARSE_MS = 5_000;
/** How long, of this, a parser may be at work: files can be made to keep one busy for minutes. */
const BUSY_MS = 500;
/** Bytes that a parser is given at a time: while it is at them, nobody else has a turn. */
const MORSEL = 16 * 1024;

/** Orientations from this one on lie on their side. */
const FIRST_ON_ITS_SIDE = 5;

/** What the beginning of a file tells of it. Throws `file_damaged` and `picture_too_large`. */
export function pictureFacts(
  { mimeType, head, orientation }: Inspected,
): Pick<Upload, "width" | "height"> {
  if (!isPicture(mimeType)) return { width: null, height: null };
  const { width, height } = sizeIn(head);
  if (!(width > 0 && height > 0)) throw new ParleyError("file_damaged");
  limitPixels(width, height);
  return orientation >= FIRST_ON_ITS_SIDE ? { width: height, height: width } : { width, height };
}

function sizeIn(head: Uint8Array): ReturnType<typeof imageSize> {
  try {
    return imageSize(head);
  } catch (cause) {
    throw new ParleyError("file_damaged", undefined, { cause });
  }
}

/** What lists take a file of this type for. */
export function kindOf(mimeType: string): UploadKind {
  if (isPicture(mimeType)) return "picture";
  return /^video\//.test(mimeType) ? "video" : isSound(mimeType) ? "audio" : "other";
}

export function isSound(mimeType: string): boolean {
  return /^audio\//.test(mimeType);
}

/** Whether a file of this type may last for some time. */
export function isPlayed(mimeType: string): boolean {
  return /^(audio|video)\//.test(mimeType);
}

/** How long a recording lasts, in seconds to three places; `null` where its container does not tell soon. */
export async function durationOf(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  { mimeType, size }: Pick<Inspected, "mimeType" | "size">,
): Promise<number | null> {
  const { parseWebStream } = await import("music-metadata");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("it took too long")), PARSE_MS);
  const given = ReadableStream.from(morsels(bytes, late.signal));
  try {
    const parsing = parseWebStream(given, { mimeType, size }, { skipCovers: true });
    const { format: { duration } } = await Promise.race([parsing, whenOver(late.signal)]);
    return duration !== undefined && Number.isFinite(duration) ? Math.round(duration * 1000) / 1000 : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    late.abort();
    await given.cancel().catch(() => undefined);
  }
}

/** `bytes` little by little, with a turn for others in between, until it is too late or too much work. */
async function* morsels(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  late: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let busyMs = 0;
  for await (const part of bytes) {
    for (let at = 0; at < part.length; at += MORSEL) {
      const began = performance.now();
      yield part.subarray(at, at + MORSEL);
      busyMs += performance.now() - began;
      await setImmediate();
      late.throwIfAborted();
      if (busyMs > BUSY_MS) throw new Error("it is too much work");
    }
  }
}

function whenOver(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
