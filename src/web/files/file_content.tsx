import type { JSX } from "preact";
import type { MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { fullName } from "../state/mod.ts";
import { fileOf } from "./facts.ts";
import { FileCard } from "./file_card.tsx";
import { Player } from "./media.tsx";
import { Picture } from "./picture.tsx";
import { view } from "./viewing.ts";

/** The file that a message is: a picture, something to hear or to see, or anything else. */
export function FileContent({ message }: { readonly message: MessageView }): JSX.Element | null {
  const file = fileOf(message);
  if (!file) return null;
  if (file.kind === "picture") {
    const alt = message.content.text || t("files.picture_of", { name: fullName(message.sender) });
    return <Picture file={file} alt={alt} onOpen={() => view(message)} />;
  }
  return file.kind === "other" ? <FileCard file={file} /> : <Player file={file} />;
}
