import type { JSX } from "preact";
import type { MessageView } from "../../client/mod.ts";
import { FileCard } from "./file_card.tsx";
import { Player } from "./media.tsx";
import { Picture } from "./picture.tsx";
import { aboutOf, sharedOf } from "./shared.ts";
import { view } from "./viewing.ts";

/** The file that a message is: a picture, something to hear or to see, or anything else. */
export function FileContent({ message }: { readonly message: MessageView }): JSX.Element | null {
  const shared = sharedOf(message);
  if (!shared) return null;
  const { file } = shared;
  if (file.kind === "picture") {
    return (
      <Picture
        file={file}
        alt={aboutOf(shared)}
        onOpen={() => view(message)}
      />
    );
  }
  return file.kind === "other" ? <FileCard file={file} /> : <Player file={file} />;
}
