import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { Button, IconButton } from "./button.tsx";
import { Toasts } from "./toast.tsx";
import { useLayer } from "./use_layer.ts";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Whether something was typed that closing would lose; then closing asks first. */
  readonly isDirty?: boolean;
  /** In the middle unless given; `side` fills the screen's height at its end. */
  readonly place?: "middle" | "side";
  readonly children: ComponentChildren;
}

/**
 * A modal dialog, open for as long as it is rendered. Focus goes in, stays in and returns where it was; Escape, the
 * cross and a press outside close it.
 */
export function Dialog(
  { title, onClose, isDirty = false, place = "middle", children }: DialogProps,
): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [asking, setAsking] = useState(false);
  const close = () => isDirty ? setAsking(true) : onClose();
  useModal(dialog);
  useLayer(close);
  return (
    <dialog
      ref={dialog}
      class={`dialog dialog-${place}`}
      tabIndex={-1}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        close();
      }}
      onPointerDown={(event) => event.target === dialog.current && close()}
    >
      <div class="dialog-body">
        <header class="dialog-header">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={t("ui.close")} onClick={close} />
        </header>
        <div class="dialog-content">{children}</div>
      </div>
      <Toasts />
      {asking && (
        <ConfirmDialog
          title={t("ui.discard_title")}
          text={t("ui.discard_text")}
          action={t("ui.discard")}
          onConfirm={onClose}
          onClose={() => setAsking(false)}
        />
      )}
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
  /** Does it; while a promise is pending the dialog waits, and it stays when that fails. */
  readonly onConfirm: () => void | Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, text, action, onConfirm, onClose }: ConfirmProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [busy, setBusy] = useState(false);
  useModal(dialog);
  useLayer(onClose);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={dialog}
      class="dialog dialog-confirm"
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div class="dialog-body">
        <h2 id={`${id}-title`}>{title}</h2>
        <p id={`${id}-text`}>{text}</p>
        <footer class="dialog-actions">
          <Button onClick={onClose}>{t("ui.cancel")}</Button>
          <Button variant="danger" busy={busy} onClick={confirm}>{action}</Button>
        </footer>
      </div>
      <Toasts />
    </dialog>
  );
}

/** Opens the dialog while it is there, before the next key; the browser gives the focus back when it goes. */
function useModal(dialog: { readonly current: HTMLDialogElement | null }): void {
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    // Not the cross, which comes first: nobody has come to close it.
    if (element && !element.querySelector("[autofocus]")) element.focus();
    return () => {
      element?.close();
      const back = before instanceof HTMLElement && before.isConnected
        ? before
        : document.querySelector("main");
      back?.focus();
    };
  }, []);
}
