import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import type { FileFacts } from "./facts.ts";
import { useLinks } from "./links.ts";
import { FileCard } from "./file_card.tsx";

type Media = HTMLAudioElement | HTMLVideoElement;

/** Plays a recording or a film where it is. One that the browser cannot play can be saved. */
export function Player({ file }: { readonly file: FileFacts }): JSX.Element {
  const { links, renew } = useLinks(file.uploadId);
  const [isBroken, setBroken] = useState(false);
  const at = useRef(0);
  const renewedAt = useRef(-Infinity);
  if (isBroken || links === null) return <FileCard file={file} note={isBroken && t("files.cannot_play")} />;
  const attributes = {
    controls: true,
    // The history's own keys lead here.
    tabIndex: -1,
    preload: "metadata",
    src: links?.content,
    "aria-label": t(file.kind === "video" ? "files.video_of" : "files.audio_of", { name: file.name }),
    onTimeUpdate: ({ currentTarget }: { readonly currentTarget: Media }) => {
      if (currentTarget.currentTime > 0) at.current = currentTarget.currentTime;
    },
    onLoadedMetadata: ({ currentTarget }: { readonly currentTarget: Media }) => {
      if (at.current > 0) currentTarget.currentTime = at.current;
      else if (currentTarget.duration === Infinity) void measure(currentTarget);
    },
    // A link has ended, most likely; with another one it goes on where it was.
    onError: () => {
      const isNew = performance.now() - renewedAt.current < 10_000;
      renewedAt.current = performance.now();
      if (isNew) setBroken(true);
      else renew();
    },
  } as const;
  return file.kind === "video"
    ? <video class="player player-video" playsInline {...attributes} />
    : <audio class="player player-audio" {...attributes} />;
}

/** Browsers record without saying how long it took: who asks for the end is told. */
async function measure(media: Media): Promise<void> {
  const told = new Promise((resolve) => media.addEventListener("durationchange", resolve, { once: true }));
  media.currentTime = Number.MAX_SAFE_INTEGER;
  await told;
  media.currentTime = 0;
}
