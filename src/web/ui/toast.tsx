import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** How a notice looks and behaves. */
export interface ToastOptions {
  readonly kind?: "info" | "error";
  /** Something that can be done about it. */
  readonly action?: { readonly label: string; readonly onSelect: () => void };
  /** How long it stays, in milliseconds; until it is dismissed when 0. */
  readonly ms?: number;
}

interface Shown extends ToastOptions {
  readonly id: number;
  readonly text: string;
}

const INFO_MS = 5_000;
const ERROR_MS = 9_000;
const MOST = 3;

const shown = signal<readonly Shown[]>([]);
const heard = signal("");
const outlets = signal<readonly string[]>([]);
let last = 0;

/** Shows a notice at the edge of the screen; the same text twice is shown once. */
export function toast(text: string, options: ToastOptions = {}): void {
  const id = ++last;
  shown.value = [...shown.peek().filter((other) => other.text !== text), { ...options, id, text }].slice(
    -MOST,
  );
  const { ms = options.kind === "error" ? ERROR_MS : INFO_MS } = options;
  if (ms > 0) setTimeout(() => dismiss(id), ms);
}

/** Dismisses every notice. */
export function dismissToasts(): void {
  shown.value = [];
}

/** Has screen readers say something, and shows nothing. */
export function announce(text: string): void {
  // The same text again is only read out when it differs.
  heard.value = heard.peek() === text ? `${text}\u00a0` : text;
}

/**
 * Where toasts are shown and announcements heard: once in the page, and in every modal dialog, because what lies
 * outside of that is neither seen clearly nor heard. The last one that was opened speaks.
 */
export function Toasts(): JSX.Element | null {
  const id = useId();
  useEffect(() => {
    outlets.value = [...outlets.peek(), id];
    return () => {
      outlets.value = outlets.peek().filter((other) => other !== id);
    };
  }, [id]);
  if (outlets.value.at(-1) !== id) return null;
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">{heard}</div>
      <div class="toasts" role="region" aria-label={t("ui.notices")} aria-live="polite">
        {shown.value.map((one) => <Toast key={one.id} toast={one} />)}
      </div>
    </>
  );
}

function Toast({ toast: { id, text, kind = "info", action } }: { readonly toast: Shown }): JSX.Element {
  return (
    <div class={`toast toast-${kind}`}>
      {kind === "error" && <Icon name="warning" small />}
      <span>{text}</span>
      {action && (
        <button
          type="button"
          class="toast-action"
          onClick={() => {
            dismiss(id);
            action.onSelect();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton icon="close" label={t("ui.dismiss")} onClick={() => dismiss(id)} />
    </div>
  );
}

function dismiss(id: number): void {
  shown.value = shown.peek().filter((one) => one.id !== id);
}
