import type { JSX } from "preact";
import type { Conversation } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { follow, openPanel } from "../state/mod.ts";
import { Button } from "../ui/mod.ts";
import { picturesIn } from "./shared.ts";
import { Tile } from "./tile.tsx";
import { view } from "./viewing.ts";

/** As many as stand in one line. */
const LATEST = 4;

/** The latest pictures of a conversation, as far as it is loaded, and the way to everything that was shared in it. */
export function GalleryEntry({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const { id, messages } = conversation;
  follow("messages", id);
  const latest = picturesIn(messages).slice(-LATEST).reverse();
  return (
    <section class="panel-section">
      <h3>{t("files.gallery")}</h3>
      {latest.length > 0 && (
        <ul class="gallery-latest">
          {latest.map((shared) => (
            <li key={shared.messageId}>
              <Tile shared={shared} onOpen={() => view({ conversationId: id, id: shared.messageId })} />
            </li>
          ))}
        </ul>
      )}
      <Button icon="pictures" onClick={() => openPanel({ kind: "gallery", conversationId: id })}>
        {t("files.gallery_all")}
      </Button>
    </section>
  );
}
