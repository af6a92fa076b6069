import { useRef, useState } from "preact/hooks";
import { useLinks } from "./links.ts";

type Media = HTMLAudioElement | HTMLVideoElement;
type Happened = { readonly currentTarget: Media };

/** What plays a file: attributes of its element, and why it does not. */
export interface Source {
  readonly trouble: "gone" | "broken" | undefined;
  readonly attributes: {
    readonly preload: "metadata";
    readonly src: string | undefined;
    readonly onPlay: (event: Happened) => void;
    readonly onTimeUpdate: (event: Happened) => void;
    readonly onLoadedMetadata: (event: Happened) => void;
    readonly onError: (event: Happened) => void;
  };
}

/** A link that ends sooner than this was no link that has ended: the browser cannot play the file. */
const BROKEN_MS = 10_000;

/** What is heard or seen right now: one thing at a time. */
let playing: Media | undefined;

/**
 * Plays a file by its links; with another one, where one has ended, it goes on where it was. `onTime` is told where it
 * is, in seconds, whenever that changes.
 */
export function useMedia(uploadId: string, onTime: (seconds: number) => void = () => {}): Source {
  const { links, renew } = useLinks(uploadId);
  const [isBroken, setBroken] = useState(false);
  const kept = useRef({ at: 0, wasPlaying: false, isMeasured: true, renewedAt: -Infinity }).current;
  return {
    trouble: links === null ? "gone" : isBroken ? "broken" : undefined,
    attributes: {
      preload: "metadata",
      src: links?.content,
      onPlay: ({ currentTarget }) => {
        if (playing !== currentTarget) playing?.pause();
        playing = currentTarget;
      },
      onTimeUpdate: ({ currentTarget: { currentTime } }) => {
        if (!kept.isMeasured) return;
        if (currentTime > 0) kept.at = currentTime;
        onTime(currentTime);
      },
      onLoadedMetadata: async ({ currentTarget }) => {
        if (kept.at > 0) currentTarget.currentTime = kept.at;
        else if (currentTarget.duration === Infinity) {
          kept.isMeasured = false;
          await measure(currentTarget);
          kept.isMeasured = true;
        }
        if (kept.wasPlaying) void currentTarget.play().catch(() => {}); // the reader has left
        kept.wasPlaying = false;
      },
      // A link has ended, most likely.
      onError: ({ currentTarget }) => {
        kept.wasPlaying = !currentTarget.paused;
        const isNew = performance.now() - kept.renewedAt < BROKEN_MS;
        kept.renewedAt = performance.now();
        if (isNew) setBroken(true);
        else renew();
      },
    },
  };
}

/** Browsers record without saying how long it took: who asks for the end is told. */
async function measure(media: Media): Promise<void> {
  const told = new Promise((resolve) => media.addEventListener("durationchange", resolve, { once: true }));
  media.currentTime = Number.MAX_SAFE_INTEGER;
  await told;
  media.currentTime = 0;
}
