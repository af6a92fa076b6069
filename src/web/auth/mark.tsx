import type { JSX } from "preact";

/** The sign of Parley: one speaks, another answers. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="64" height="64" rx="16" />
      <path
        class="mark-one"
        d="M14 26a10 10 0 0 1 10-10h11a10 10 0 0 1 0 20h-9l-8 7v-8.7A10 10 0 0 1 14 26Z"
      />
      <path
        class="mark-two"
        d="M41 40.4A14.5 14.5 0 0 0 49.2 28 9 9 0 0 1 46 45v6l-7-5.5h-7a9 9 0 0 1-5.5-2Z"
      />
    </svg>
  );
}
