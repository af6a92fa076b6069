import type { JSX } from "preact";
import { useState } from "preact/hooks";

export interface AvatarProps {
  /** Chooses the colour; the same for the same thing everywhere. */
  readonly id: string;
  /** Gives the letters. */
  readonly name: string;
  /** The address of a picture. */
  readonly src?: string | null | undefined;
  readonly size?: "small" | "medium" | "large" | "huge";
  /** Shows a dot when the person is there. */
  readonly isOnline?: boolean | undefined;
}

const HUES = 8;

/** A picture of someone or something, or its letters. Decoration: the name stands beside it. */
export function Avatar({ id, name, src, size = "medium", isOnline }: AvatarProps): JSX.Element {
  const [broken, setBroken] = useState<string>();
  const shown = src && src !== broken ? src : undefined;
  return (
    <span class={`avatar avatar-${size} hue-${hueOf(id)}`} aria-hidden="true">
      {shown
        ? (
          <img
            src={shown}
            alt=""
            loading="lazy"
            decoding="async"
            referrerpolicy="no-referrer"
            onError={() => setBroken(shown)}
          />
        )
        : <span class="avatar-letters">{initials(name)}</span>}
      {isOnline && <span class="avatar-dot" />}
    </span>
  );
}

/** The first letters of the first and the last word, whatever the script. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = (word: string) => [...new Intl.Segmenter().segment(word)][0]?.segment ?? "";
  const [one = "", last = ""] = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (first(one) + first(last)).toLocaleUpperCase();
}

/** One of eight colours, by an id (FNV-1a). */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % HUES;
}
