import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { IconButton, toast } from "../ui/mod.ts";
import type { FileQueue } from "./queue.ts";
import { canRecord, clockOf, Recording } from "./recording.ts";
import { Waveform } from "./waveform.tsx";

interface RecorderProps {
  readonly queue: FileQueue;
  /** What is being said, while something is. */
  readonly recording: Signal<Recording | undefined>;
}

/** A button that begins a voice message; nothing where the browser cannot record. */
export function VoiceButton({ recording }: Pick<RecorderProps, "recording">): JSX.Element | null {
  if (!canRecord()) return null;
  return <IconButton icon="mic" label={t("files.voice")} onClick={() => void begin(recording)} />;
}

/** In the place of the input while something is being said. */
export function Recorder(
  { queue, recording, onDone }: RecorderProps & { readonly onDone: () => void },
): JSX.Element | null {
  const now = recording.value;
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => bar.current?.querySelector<HTMLElement>(".composer-send")?.focus(), [now]);
  useEffect(() => () => recording.peek()?.discard(), [recording]);
  if (!now) return null;
  const end = () => {
    recording.value = undefined;
    onDone();
  };
  const finish = async () => {
    const { bytes, extension, peaks } = await now.stop();
    end();
    queue.add([{ bytes, name: `${t("files.voice_name")}.${extension}`, peaks }]);
    queue.send({ text: "" });
  };
  const discard = () => {
    now.discard();
    end();
  };
  return (
    <div
      ref={bar}
      class="recorder"
      role="group"
      aria-label={t("files.recording")}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        discard();
      }}
    >
      <IconButton icon="trash" label={t("files.voice_cancel")} keys="Esc" onClick={discard} />
      <span class="recorder-dot" />
      <span class="recorder-time" role="timer">{clockOf(now.seconds.value)}</span>
      <Waveform peaks={now.peaks.value.slice(-SHOWN)} />
      <IconButton
        icon="send"
        label={t("files.voice_send")}
        class="composer-send"
        onClick={() => void finish()}
      />
    </div>
  );
}

/** As many of the last peaks as are shown: they move past. */
const SHOWN = 48;

async function begin(recording: Signal<Recording | undefined>): Promise<void> {
  try {
    recording.value = await Recording.start();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const isRefused = name === "NotAllowedError" || name === "SecurityError";
    const text = isRefused
      ? t("files.voice_refused")
      : t(name === "NotFoundError" ? "files.voice_missing" : "files.voice_failed");
    toast(text);
  }
}
