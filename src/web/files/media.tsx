import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import type { FileFacts } from "./facts.ts";
import { FileCard } from "./file_card.tsx";
import { useMedia } from "./use_media.ts";
import { VoicePlayer } from "./voice.tsx";

interface PlayerProps {
  readonly file: FileFacts;
  /** Whether Tab stops at it; in the history the keyboard has the menu of its message. */
  readonly isReachable?: boolean;
}

/** Plays a recording or a film where it is. One that the browser cannot play can be saved. */
export function Player({ file, isReachable = false }: PlayerProps): JSX.Element {
  const { waveform } = file;
  if (file.kind === "audio" && waveform) {
    return <VoicePlayer file={file} waveform={waveform} isReachable={isReachable} />;
  }
  return <PlainPlayer file={file} isReachable={isReachable} />;
}

function PlainPlayer({ file, isReachable }: Required<PlayerProps>): JSX.Element {
  const { trouble, attributes } = useMedia(file.uploadId);
  if (trouble) {
    return (
      <FileCard file={file} note={trouble === "broken" && t("files.cannot_play")} isReachable={isReachable} />
    );
  }
  const shown = {
    ...attributes,
    controls: true,
    tabIndex: isReachable ? 0 : -1,
    "aria-label": t(file.kind === "video" ? "files.video_of" : "files.audio_of", { name: file.name }),
  } as const;
  return file.kind === "video"
    ? <video class="player player-video" playsInline {...shown} />
    : <audio class="player player-audio" {...shown} />;
}
