import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FileFacts } from "./facts.ts";
import { shownSize } from "./facts.ts";
import { Blurhash } from "./blurhash.tsx";
import { useLinks } from "./links.ts";
import { t } from "../i18n/mod.ts";

/** A picture up to this size is shown itself; its thumbnail would stand still, and not be sharp. */
const SMALL_BYTES = 400_000;

interface PictureProps {
  readonly file: FileFacts;
  readonly alt: string;
  readonly onOpen: () => void;
}

/** A picture in a conversation. Its place is kept free, and it opens the viewer. */
export function Picture({ file, alt, onOpen }: PictureProps): JSX.Element {
  const { width, height } = shownSize(file);
  return (
    <button
      type="button"
      class="picture"
      style={{ "--width": `${width}px`, "--ratio": `${width} / ${height}` }}
      tabIndex={-1}
      aria-label={`${alt}. ${t("files.open_picture")}`}
      onClick={onOpen}
    >
      <Thumbnail file={file} />
    </button>
  );
}

/** A picture as small as it does, above what it looks like from afar. Decoration: what it is in says what it is. */
export function Thumbnail(
  { file, small = false }: { readonly file: FileFacts; readonly small?: boolean },
): JSX.Element {
  const { links, renew } = useLinks(file.uploadId);
  const [isThere, setThere] = useState(false);
  const [failures, setFailures] = useState(0);
  const isSmall = !small && file.size !== undefined && file.size <= SMALL_BYTES;
  const address = links && (isSmall ? links.content : links.thumbnail ?? links.content);
  return (
    <>
      {file.blurhash && !isThere && <Blurhash hash={file.blurhash} />}
      {links === null && <span class="picture-gone">{t("files.gone")}</span>}
      {address && (
        <img
          key={address}
          src={address}
          alt=""
          decoding="async"
          class={isThere ? "picture-there" : ""}
          onLoad={() => setThere(true)}
          onError={() => {
            if (failures > 0) return;
            setFailures(failures + 1);
            renew();
          }}
        />
      )}
    </>
  );
}
