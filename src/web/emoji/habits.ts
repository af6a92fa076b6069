import { signal } from "@preact/signals";
import { afterUse } from "./recent.ts";
import { TONES } from "./tones.ts";
import type { Tone } from "./tones.ts";

const RECENT = "parley.emoji.recent";
const TONE = "parley.emoji.tone";

const recent = signal<readonly string[] | undefined>(undefined);
const tone = signal<Tone | undefined>(undefined);

/** What the reader used last on this device, the latest first. Components that ask follow it. */
export function recentEmoji(): readonly string[] {
  return recent.value ?? stored();
}

/** Takes note that an emoji was used. */
export function noteEmoji(emoji: string): void {
  recent.value = afterUse(recentEmoji(), emoji);
  keep(RECENT, recent.value.join(" "));
}

/** The skin tone that the reader wants emoji in. Components that ask follow it. */
export function chosenTone(): Tone {
  return tone.value ?? TONES.find((known) => known === localStorage.getItem(TONE)) ?? "";
}

/** Chooses a skin tone, for this device. */
export function chooseTone(chosen: Tone): void {
  tone.value = chosen;
  keep(TONE, chosen);
}

function stored(): string[] {
  return (localStorage.getItem(RECENT) ?? "").split(" ").filter(Boolean);
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The device has no room left; it is only remembered until the page goes.
  }
}
