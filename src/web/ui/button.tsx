import type { ButtonHTMLAttributes, ComponentChildren, JSX } from "preact";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once a screen at most; `secondary` unless given. */
  readonly variant?: "primary" | "secondary" | "quiet" | "danger";
  readonly icon?: IconName;
  /** Something is on its way: shows it, and takes no further press. */
  readonly busy?: boolean;
  readonly children?: ComponentChildren;
}

/** A button with words. */
export function Button(
  { variant = "secondary", icon, busy, children, class: extra = "", ...rest }: ButtonProps,
): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${variant} ${extra}`}
      aria-busy={busy}
      aria-disabled={busy}
      onClick={busy ? stop : rest.onClick}
    >
      {busy ? <Spinner small /> : icon && <Icon name={icon} small />}
      <span>{children}</span>
    </button>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** What it does, for those who hear it, and as a tooltip. */
  readonly label: string;
  /** Keys that do the same, shown beside the label. */
  readonly keys?: string;
}

/** A button with a picture alone. */
export function IconButton({ icon, label, keys, class: extra = "", ...rest }: IconButtonProps): JSX.Element {
  return (
    <Tooltip text={label} keys={keys}>
      <button type="button" aria-label={label} {...rest} class={`icon-button ${extra}`}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}

function stop(event: Event): void {
  event.preventDefault();
}
