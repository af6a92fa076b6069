import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

/** One thing that can be done. */
export interface MenuEntry {
  readonly label: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly onSelect: () => void;
}

export interface MenuProps {
  /** What the menu is about, for the button that opens it. */
  readonly label: string;
  readonly icon?: IconName;
  readonly entries: readonly MenuEntry[];
}

/** Between a menu and its button, and between it and the window's edge; in pixels. */
const GAP = 4;
const EDGE = 8;

/** A button that opens a menu. Arrows, Home and End move in it; Escape and Tab close it, and focus returns. */
export function Menu({ label, icon = "more", entries }: MenuProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) root.current?.querySelector<HTMLElement>(".icon-button")?.focus();
  };
  useOutside(root, open, () => close(false));
  useLayoutEffect(() => {
    if (!open) return;
    place(root.current);
    itemsOf(root.current)[0]?.focus();
  }, [open]);
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => open && onKey(event, root.current, () => close(true))}
    >
      <IconButton
        icon={icon}
        label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <ul class="menu-list" role="menu" id={id} aria-label={label}>
          {entries.map((entry) => (
            <li key={entry.label} role="none">
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                class={`menu-item ${entry.danger ? "menu-item-danger" : ""}`}
                onClick={() => {
                  close(true);
                  entry.onSelect();
                }}
              >
                {entry.icon && <Icon name={entry.icon} small />}
                <span>{entry.label}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function itemsOf(root: HTMLElement | null): HTMLElement[] {
  return [...root?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? []];
}

function onKey(event: KeyboardEvent, root: HTMLElement | null, close: () => void): void {
  const items = itemsOf(root);
  const at = items.findIndex((item) => item === document.activeElement);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const next = moves[event.key];
  if (next !== undefined) {
    event.preventDefault();
    items[next]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    event.stopPropagation();
    close();
  }
}

/** Puts the menu below its button, or above it where there is more room, and inside the window in any case. */
function place(root: HTMLElement | null): void {
  const list = root?.querySelector<HTMLElement>(".menu-list");
  const button = root?.querySelector(".icon-button")?.getBoundingClientRect();
  if (!list || !button) return;
  const { offsetWidth: width, offsetHeight: height } = list;
  const isRtl = getComputedStyle(list).direction === "rtl";
  const below = button.bottom + GAP;
  const top = below + height + EDGE <= innerHeight ? below : button.top - GAP - height;
  const left = isRtl ? button.left : button.right - width;
  list.style.top = `${Math.max(EDGE, top)}px`;
  list.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
}

/** A press elsewhere, or the button being scrolled away. A scroll from before is told of late, and moves nothing. */
function useOutside(root: { readonly current: HTMLElement | null }, active: boolean, act: () => void): void {
  useLayoutEffect(() => {
    if (!active) return;
    const top = () => root.current?.getBoundingClientRect().top;
    const before = top();
    const listen = ({ target }: Event) => {
      if (!(target instanceof Node && root.current?.contains(target))) act();
    };
    const follow = () => {
      if (top() !== before) act();
    };
    document.addEventListener("pointerdown", listen);
    document.addEventListener("scroll", follow, true);
    return () => {
      document.removeEventListener("pointerdown", listen);
      document.removeEventListener("scroll", follow, true);
    };
  }, [active]);
}
