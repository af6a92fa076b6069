import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { EmojiPickerProps } from "../emoji/picker.tsx";
import { t } from "../i18n/mod.ts";
import { Spinner } from "../ui/mod.ts";
import { isTouch } from "./pointer.ts";
import { Popup } from "./popup.tsx";

interface EmojiPopupProps {
  readonly at: DOMRect;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

/** The emoji picker, which is only loaded when someone wants it. */
export function EmojiPopup({ at, onPick, onClose }: EmojiPopupProps): JSX.Element {
  const [Picker, setPicker] = useState<ComponentType<EmojiPickerProps>>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    import("../emoji/picker.tsx").then(
      (loaded) => setPicker(() => loaded.EmojiPicker),
      () => setFailed(true),
    );
  }, []);
  const pick = (emoji: string) => {
    onClose();
    onPick(emoji);
  };
  return (
    <Popup at={at} label={t("emoji.title")} role="dialog" onClose={onClose}>
      {Picker ? <Picker onPick={pick} startsInSearch={!isTouch()} /> : (
        <div class="emoji-picker">
          <p class="emoji-picker-note">{hasFailed ? t("emoji.failed") : <Spinner />}</p>
        </div>
      )}
    </Popup>
  );
}
