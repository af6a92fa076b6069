import type { JSX } from "preact";
import { formatDay } from "../i18n/mod.ts";
import { Icon } from "../ui/mod.ts";
import { Thumbnail } from "./picture.tsx";
import { clockOf } from "./recording.ts";
import { aboutOf } from "./shared.ts";
import type { SharedFile } from "./shared.ts";

interface TileProps {
  readonly shared: SharedFile;
  readonly onOpen: () => void;
}

/** A small picture, or a film, that opens the viewer. */
export function Tile({ shared, onOpen }: TileProps): JSX.Element {
  const { file, at } = shared;
  const isFilm = file.kind === "video";
  const length = isFilm && file.duration !== undefined ? clockOf(file.duration) : "";
  return (
    <button
      type="button"
      class={`tile ${isFilm ? "tile-film" : ""}`}
      aria-label={[aboutOf(shared), formatDay(at), length].filter(Boolean).join(", ")}
      onClick={onOpen}
    >
      {(!isFilm || file.hasThumbnail) && <Thumbnail file={file} small />}
      {isFilm && (
        <span class="tile-mark">
          <Icon name="play" small />
          {length}
        </span>
      )}
    </button>
  );
}
