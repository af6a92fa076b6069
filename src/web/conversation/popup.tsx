import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export interface PopupProps {
  /** What it belongs to, where that stands on the screen. */
  readonly at: DOMRect;
  readonly label: string;
  readonly role: "menu" | "dialog";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

const GAP = 6;
const EDGE = 8;

/**
 * Something above everything else, beside what it belongs to; on small screens at the bottom. Escape and a press
 * outside close it, and the focus returns to where it was.
 */
export function Popup({ at, label, role, onClose, children }: PopupProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const isGone = useRef(false);
  useLayoutEffect(() => {
    const element = root.current;
    const before = document.activeElement;
    element?.showPopover();
    return () => {
      isGone.current = true;
      const isInside = element?.contains(document.activeElement) || document.activeElement === document.body;
      if (isInside && before instanceof HTMLElement && before.isConnected) {
        before.focus({ preventScroll: true });
      }
    };
  }, []);
  useLayoutEffect(() => {
    if (root.current) place(root.current, at);
  });
  useLayoutEffect(() => {
    const close = ({ target }: Event) => {
      if (!(target instanceof Node && root.current?.contains(target))) onClose();
    };
    document.addEventListener("pointerdown", close, true);
    addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", close, true);
      removeEventListener("resize", onClose);
    };
  }, []);
  return (
    <div
      ref={root}
      class={`popup popup-${role}`}
      popover="manual"
      role={role}
      aria-label={label}
      onFocusOut={({ relatedTarget }) => {
        const isInside = !relatedTarget ||
          (relatedTarget instanceof Node && root.current?.contains(relatedTarget));
        if (!isInside && !isGone.current) onClose();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        if (event.key === "Tab" && role === "dialog") return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>
  );
}

/** Below what it belongs to, or above where there is more room; inside the screen in any case. */
function place(popup: HTMLElement, at: DOMRect): void {
  const { width, height } = popup.getBoundingClientRect();
  const isBelow = at.bottom + GAP + height <= innerHeight - EDGE || at.top < innerHeight - at.bottom;
  const top = isBelow ? at.bottom + GAP : at.top - GAP - height;
  const isRight = at.left + at.width / 2 > innerWidth / 2;
  const left = isRight ? at.right - width : at.left;
  popup.style.setProperty("--top", `${within(top, innerHeight - height)}px`);
  popup.style.setProperty("--left", `${within(left, innerWidth - width)}px`);
}

function within(value: number, most: number): number {
  return Math.max(EDGE, Math.min(value, most - EDGE));
}
