import { imageSize } from "image-size";
import { ParleyError } from "../../kernel/errors.ts";
import type { Inspected } from "./inspect.ts";
import { isCleaned } from "./inspect.ts";
import type { Upload } from "./records.ts";

/** Pixels of a picture at most: whoever opens it has to hold them all. */
export const MAX_PIXELS = 50_000_000;
/** How long one looks for a duration. */
const PARSE_MS = 5_000;

/** Orientations from this one on lie on their side. */
const FIRST_ON_ITS_SIDE = 5;

/** What the beginning of a file tells of it. Throws `file_damaged` and `picture_too_large`. */
export function pictureFacts({ mimeType, head }: Inspected): Pick<Upload, "width" | "height"> {
  if (!isCleaned(mimeType)) return { width: null, height: null };
  const { width, height, orientation = 1 } = sizeIn(head);
  if (!(width > 0 && height > 0)) throw new ParleyError("file_damaged");
  if (width * height > MAX_PIXELS) throw new ParleyError("picture_too_large");
  return orientation >= FIRST_ON_ITS_SIDE ? { width: height, height: width } : { width, height };
}

function sizeIn(head: Uint8Array): ReturnType<typeof imageSize> {
  try {
    return imageSize(head);
  } catch (cause) {
    throw new ParleyError("file_damaged", undefined, { cause });
  }
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
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it took too long")), PARSE_MS);
  try {
    const parsing = parseWebStream(bytes, { mimeType, size }, { skipCovers: true });
    parsing.catch(() => undefined);
    const { format } = await Promise.race([parsing, late.promise]);
    const { duration } = format;
    return duration !== undefined && Number.isFinite(duration) ? Math.round(duration * 1000) / 1000 : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    await bytes.cancel().catch(() => undefined);
  }
}
