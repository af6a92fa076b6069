import type { ComponentChildren, JSX } from "preact";

/** A picture and a word where there is nothing else to see. */
export function Scene(
  { title, text, children }: {
    readonly title: string;
    readonly text: string;
    readonly children?: ComponentChildren;
  },
): JSX.Element {
  return (
    <div class="scene">
      <ScenePicture />
      <h2>{title}</h2>
      <p>{text}</p>
      <div class="scene-actions">{children}</div>
    </div>
  );
}

/** Two who talk. */
export function ScenePicture(): JSX.Element {
  return (
    <svg class="scene-picture" viewBox="0 0 240 160" aria-hidden="true" focusable="false">
      <ellipse class="scene-floor" cx="120" cy="143" rx="92" ry="9" />
      <path
        class="scene-one"
        d="M36 62a28 28 0 0 1 28-28h58a28 28 0 0 1 0 56H76l-26 22V87a28 28 0 0 1-14-25Z"
      />
      <path class="scene-words" d="M66 54h54M66 69h34" />
      <path
        class="scene-two"
        d="M204 92a25 25 0 0 0-25-25h-46a25 25 0 0 0 0 50h40l23 19v-21a25 25 0 0 0 8-23Z"
      />
      <path class="scene-dots" d="M142 92v.1M157 92v.1M172 92v.1" />
    </svg>
  );
}
