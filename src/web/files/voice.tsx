import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatNumber, t } from "../i18n/mod.ts";
import { Icon } from "../ui/mod.ts";
import type { FileFacts } from "./facts.ts";
import { FileCard } from "./file_card.tsx";
import { clockOf } from "./recording.ts";
import { useMedia } from "./use_media.ts";
import { VoiceTrack } from "./voice_track.tsx";

interface VoiceProps {
  readonly file: FileFacts;
  readonly waveform: readonly number[];
  readonly isReachable: boolean;
}

const SPEEDS = [1, 1.5, 2] as const;
/** How quickly all voice messages are heard: who is in a hurry is in a hurry with the next one too. */
const speed = signal<number>(SPEEDS[0]);

/** A voice message: bars that fill while it is heard, and lead to any place in it. */
export function VoicePlayer({ file, waveform, isReachable }: VoiceProps): JSX.Element {
  const media = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(file.duration ?? 0);
  const [isPlaying, setPlaying] = useState(false);
  const { trouble, attributes } = useMedia(file.uploadId, setAt);
  const rate = speed.value;
  useEffect(() => {
    const element = media.current;
    // The one is what it plays at, the other what it plays at once a further link has been loaded.
    if (element) element.playbackRate = element.defaultPlaybackRate = rate;
  }, [rate, trouble]);
  if (trouble) {
    return (
      <FileCard file={file} note={trouble === "broken" && t("files.cannot_play")} isReachable={isReachable} />
    );
  }
  const tabIndex = isReachable ? 0 : -1;
  const seek = (seconds: number) => {
    if (!media.current) return;
    media.current.currentTime = Math.min(Math.max(seconds, 0), length);
    setAt(media.current.currentTime);
  };
  return (
    // What is heard runs from left to right in every script.
    <div
      class={`voice ${isPlaying ? "voice-playing" : ""}`}
      role="group"
      aria-label={t("files.audio_of", { name: file.name })}
      dir="ltr"
    >
      <audio
        ref={media}
        {...attributes}
        aria-label={t("files.audio_of", { name: file.name })}
        onPlay={(event) => {
          attributes.onPlay(event);
          setPlaying(true);
        }}
        onPause={() => setPlaying(false)}
        onEnded={() => seek(0)}
        onDurationChange={({ currentTarget: { duration } }) => {
          if (Number.isFinite(duration)) setLength(duration);
        }}
      />
      <button
        type="button"
        class="voice-play"
        tabIndex={tabIndex}
        aria-label={t(isPlaying ? "files.voice_pause" : "files.voice_play")}
        onClick={() => toggle(media.current)}
      >
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <VoiceTrack
        {...{ at, length, tabIndex, seek }}
        peaks={waveform}
        onToggle={() => toggle(media.current)}
      />
      <span class="voice-end">
        <span class="voice-time">{clockOf(at > 0 ? at : length)}</span>
        <button
          type="button"
          class="voice-speed"
          tabIndex={tabIndex}
          aria-label={t("files.voice_speed", { speed: formatNumber(rate) })}
          onClick={() =>
            speed.value = SPEEDS[(SPEEDS.findIndex((one) => one === rate) + 1) % SPEEDS.length] ?? 1}
        >
          {formatNumber(rate)}×
        </button>
      </span>
    </div>
  );
}

function toggle(media: HTMLAudioElement | null): void {
  if (media?.paused === false) media.pause();
  else void media?.play().catch(() => {}); // what cannot be played is told of as an error of its own
}
