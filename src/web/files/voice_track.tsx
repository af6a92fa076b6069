import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { spread } from "./peaks.ts";
import { clockOf } from "./recording.ts";
import { BARS, Waveform } from "./waveform.tsx";

interface TrackProps {
  readonly peaks: readonly number[];
  /** Seconds. */
  readonly at: number;
  readonly length: number;
  readonly tabIndex: number;
  readonly seek: (seconds: number) => void;
  readonly onToggle: () => void;
}

/** Steps of the arrow keys through something of any length. */
const STEPS = 10;
const LONGEST_STEP_S = 5;

/** How loud a voice message is along the way, up to where it has been heard; a press, or an arrow key, leads elsewhere in it. */
export function VoiceTrack({ peaks, at, length, tabIndex, seek, onToggle }: TrackProps): JSX.Element {
  const bars = spread(peaks, BARS).map((peak) => peak / 100);
  const share = length > 0 ? Math.min(at / length, 1) : 0;
  const step = Math.min(length / STEPS, LONGEST_STEP_S);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => seek(at - step),
    ArrowRight: () => seek(at + step),
    Home: () => seek(0),
    End: () => seek(length),
    " ": onToggle,
    Enter: onToggle,
  };
  const follow = (
    { currentTarget, clientX }: { readonly currentTarget: HTMLElement; readonly clientX: number },
  ) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    seek(length * (clientX - left) / width);
  };
  return (
    <div
      class="voice-track"
      role="slider"
      tabIndex={tabIndex}
      aria-label={t("files.voice_place")}
      aria-valuemin={0}
      aria-valuemax={Math.round(length)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={t("files.voice_at", { at: clockOf(at), length: clockOf(length) })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && follow(event)}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      }}
    >
      <Waveform peaks={bars} />
      <span class="voice-heard" style={{ "--ahead": `${100 - 100 * share}%` }}>
        <Waveform peaks={bars} />
      </span>
    </div>
  );
}
