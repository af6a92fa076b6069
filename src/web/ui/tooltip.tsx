import type { ComponentChildren, JSX } from "preact";

interface TooltipProps {
  /** What the thing inside is called; the thing must say so itself to those who listen. */
  readonly text: string;
  readonly keys?: string | undefined;
  readonly children: ComponentChildren;
}

/** A word on what is under the pointer, or has the keyboard's focus. Nothing that stands nowhere else. */
export function Tooltip({ text, keys, children }: TooltipProps): JSX.Element {
  return (
    <span class="tooltip-anchor">
      {children}
      <span class="tooltip" aria-hidden="true">
        {text}
        {keys && <kbd>{keys}</kbd>}
      </span>
    </span>
  );
}
