import type { JSX } from "preact";
import { gathered } from "./peaks.ts";

/** As many bars as are shown at most. */
export const BARS = 48;
const HEIGHT = 32;

/** How loud something is along the way, as bars; `peaks` from 0 to 1. */
export function Waveform({ peaks }: { readonly peaks: readonly number[] }): JSX.Element {
  const bars = gathered(peaks, BARS);
  const path = bars.map((peak, index) => {
    const half = Math.max(1, peak * HEIGHT / 2);
    return `M${index * 4 + 2} ${round(HEIGHT / 2 - half)}v${round(half * 2)}`;
  }).join("");
  return (
    <svg
      class="waveform"
      viewBox={`0 0 ${bars.length * 4} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
