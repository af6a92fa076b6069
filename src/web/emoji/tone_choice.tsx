import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { chooseTone, chosenTone } from "./habits.ts";
import { TONES, withTone } from "./tones.ts";

/** Which skin tone emoji come in. */
export function ToneChoice(): JSX.Element {
  const names = [
    t("emoji.tone_none"),
    t("emoji.tone_1"),
    t("emoji.tone_2"),
    t("emoji.tone_3"),
    t("emoji.tone_4"),
    t("emoji.tone_5"),
  ];
  return (
    <select
      class="emoji-picker-tone"
      aria-label={t("emoji.tone")}
      title={t("emoji.tone")}
      value={chosenTone()}
      onChange={({ currentTarget }) => chooseTone(TONES[currentTarget.selectedIndex] ?? "")}
    >
      {TONES.map((tone, index) => (
        <option key={tone} value={tone} aria-label={names[index]}>{withTone("✋", tone)}</option>
      ))}
    </select>
  );
}
