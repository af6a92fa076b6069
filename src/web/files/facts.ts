import type { LocalMessage, MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";

/** What a message tells of the file that it is. */
export interface FileFacts {
  readonly uploadId: string;
  readonly kind: "picture" | "audio" | "video" | "other";
  readonly name: string;
  /** Bytes. */
  readonly size: number | undefined;
  /** Pixels of a picture. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly blurhash: string | undefined;
  readonly hasThumbnail: boolean;
  /** Seconds. */
  readonly duration: number | undefined;
}

/** The file that a message is; `undefined` when it is none. What others wrote is not taken at its word. */
export function fileOf({ content, isDeleted }: Pick<MessageView, "content" | "isDeleted">):
  | FileFacts
  | undefined {
  const { type, metadata = {} } = content;
  const uploadId = textIn(metadata.uploadId);
  if (isDeleted || uploadId === undefined || (type !== "image" && type !== "file")) return undefined;
  const { width, height } = Object(metadata.imageDimensions);
  return {
    uploadId,
    kind: type === "image" ? "picture" : kindOf(textIn(metadata.fileType) ?? ""),
    name: textIn(metadata.fileName) ?? t(type === "image" ? "message.photo" : "message.file"),
    size: numberIn(metadata.imageSize) ?? numberIn(metadata.fileSize),
    width: numberIn(width),
    height: numberIn(height),
    blurhash: textIn(metadata.blurhash),
    hasThumbnail: typeof metadata.thumbnailUrl === "string",
    duration: numberIn(metadata.duration),
  };
}

/** The messages that are pictures, in their order. */
export function picturesIn(messages: readonly LocalMessage[]): MessageView[] {
  return messages.map(({ message }) => message).filter((message) => fileOf(message)?.kind === "picture");
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

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
}
