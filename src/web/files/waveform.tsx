import type { JSX } from "preact";

const BARS = 48;
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

/** The same way in so many steps, each as loud as its loudest. */
export function gathered(peaks: readonly number[], count: number): number[] {
  if (peaks.length <= count) return [...peaks];
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor(index * peaks.length / count);
    const to = Math.max(from + 1, Math.floor((index + 1) * peaks.length / count));
    return Math.max(...peaks.slice(from, to));
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
