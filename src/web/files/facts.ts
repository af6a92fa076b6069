import type { MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";

/** What a message tells of the file that it is. */
export interface FileFacts {
  readonly uploadId: string;
  readonly kind: "picture" | "audio" | "video" | "other";
  /** A word for what it is, where it has no name. */
  readonly name: string;
  readonly hasName: boolean;
  /** Bytes. */
  readonly size: number | undefined;
  /** Pixels of a picture. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly blurhash: string | undefined;
  readonly hasThumbnail: boolean;
  /** Seconds. */
  readonly duration: number | undefined;
  /** How loud a voice message is along the way, in whole numbers from 0 to 100. */
  readonly waveform: readonly number[] | undefined;
}

/** The file that a message is; `undefined` when it is none. What others wrote is not taken at its word. */
export function fileOf({ content, isDeleted }: Pick<MessageView, "content" | "isDeleted">):
  | FileFacts
  | undefined {
  const { type, metadata = {} } = content;
  const uploadId = textIn(metadata.uploadId);
  if (isDeleted || uploadId === undefined || (type !== "image" && type !== "file")) return undefined;
  const { width, height } = Object(metadata.imageDimensions);
  const name = textIn(metadata.fileName);
  return {
    uploadId,
    kind: type === "image" ? "picture" : kindOf(textIn(metadata.fileType) ?? ""),
    name: name ?? t(type === "image" ? "message.photo" : "message.file"),
    hasName: name !== undefined,
    size: numberIn(metadata.imageSize) ?? numberIn(metadata.fileSize),
    width: numberIn(width),
    height: numberIn(height),
    blurhash: textIn(metadata.blurhash),
    hasThumbnail: typeof metadata.thumbnailUrl === "string",
    duration: numberIn(metadata.duration),
    waveform: waveformIn(metadata.waveform),
  };
}

/** Where a picture is shown in a conversation, in pixels: its place is kept free before it comes. */
export function shownSize({ width = 320, height = 240 }: Pick<FileFacts, "width" | "height">): {
  readonly width: number;
  readonly height: number;
} {
  const most = 336;
  const least = 96;
  const scale = Math.min(1, most / width, most / height);
  // Strips are cut rather than made too thin to be seen.
  const within = (value: number) => Math.round(Math.min(most, Math.max(least, value * scale)));
  return { width: within(width), height: within(height) };
}

function kindOf(type: string): FileFacts["kind"] {
  if (/^audio\/[\w.+-]+$/.test(type)) return "audio";
  return /^video\/[\w.+-]+$/.test(type) ? "video" : "other";
}

/** As many as a message may carry. */
const MOST_PEAKS = 100;

function waveformIn(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_PEAKS) return undefined;
  return value.every((peak) => Number.isInteger(peak) && peak >= 0 && peak <= 100) ? value : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
}
