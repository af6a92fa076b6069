import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { Icon, toast, VisuallyHidden } from "../ui/mod.ts";
import type { FileFacts } from "./facts.ts";
import { download } from "./links.ts";
import { formatSize } from "./size.ts";

interface FileCardProps {
  readonly file: FileFacts;
  /** A word beside the size. */
  readonly note?: string | false;
  /** Whether Tab stops at it; in the history the keyboard has the menu of its message. */
  readonly isReachable?: boolean;
}

/** A file that can be saved. */
export function FileCard({ file, note, isReachable = false }: FileCardProps): JSX.Element {
  const size = file.size === undefined ? "" : formatSize(file.size);
  return (
    <button
      type="button"
      class="file-card"
      tabIndex={isReachable ? 0 : -1}
      onClick={() => void save(file)}
    >
      <span class="file-card-icon">
        <Icon name="download" small />
      </span>
      <VisuallyHidden>{t("files.download")}</VisuallyHidden>
      <span class="file-card-words">
        <bdi dir="auto">{file.name}</bdi>
        <small>{[extensionOf(file.name), size, note].filter(Boolean).join(" · ")}</small>
      </span>
    </button>
  );
}

/** Saves a file, or says that it is gone. */
export async function save({ uploadId, name }: FileFacts): Promise<void> {
  if (!await download(uploadId, name)) toast(t("files.gone"), { kind: "error" });
}

/** What the end of a name says of its type, as `PDF`. */
export function extensionOf(name: string): string {
  return /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toUpperCase() ?? "";
}
