import type { ListedUpload, LocalMessage, MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { nameOf } from "../state/mod.ts";
import { parseText } from "../text/blocks.ts";
import { plainText } from "../text/tree.ts";
import { fileOf } from "./facts.ts";
import type { FileFacts } from "./facts.ts";

/** A file that is a message. */
export interface SharedFile {
  readonly messageId: string;
  readonly file: FileFacts;
  readonly senderId: string;
  /** ISO 8601. */
  readonly at: string;
  /** What was said with it, as far as that is known. */
  readonly text: string;
}

/** What a message shares; `undefined` when it is no file. */
export function sharedOf(message: MessageView): SharedFile | undefined {
  const file = fileOf(message);
  if (!file) return undefined;
  const { id: messageId, senderId, createdAt: at, content: { text } } = message;
  return { messageId, file, senderId, at, text };
}

/** The pictures among messages, in their order. */
export function picturesIn(messages: readonly LocalMessage[]): SharedFile[] {
  return messages.flatMap(({ message }) => {
    const shared = sharedOf(message);
    return shared?.file.kind === "picture" ? [shared] : [];
  });
}

/** What an entry of the server's list shares: of the kind that was asked for. */
export function sharedUpload(upload: ListedUpload, kind: FileFacts["kind"]): SharedFile | undefined {
  const { id: uploadId, messageId, fileName: name, fileSize: size, uploadedBy: senderId } = upload;
  if (messageId === null) return undefined;
  const { width, height, duration, blurhash, thumbnailUrl } = upload.metadata;
  const file: FileFacts = {
    ...{ uploadId, kind, name, hasName: true, size, waveform: upload.waveform },
    width: width ?? undefined,
    height: height ?? undefined,
    duration: duration ?? undefined,
    blurhash: blurhash ?? undefined,
    hasThumbnail: thumbnailUrl !== null,
  };
  return { messageId, file, senderId, at: upload.createdAt, text: "" };
}

/** What a picture or film is, for those who do not see it: what was said with it, else its name and whose it is. */
export function aboutOf({ file, senderId, text }: SharedFile): string {
  const name = nameOf(senderId);
  if (text) return wordsOf(text);
  if (file.hasName) return t("files.picture_named", { file: file.name, name });
  return t(file.kind === "video" ? "files.video_from" : "files.picture_of", { name });
}

/** What was said with a file, without marks of its look. */
export function wordsOf(text: string): string {
  return plainText(parseText(text)).trim();
}
