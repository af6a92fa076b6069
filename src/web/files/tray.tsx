import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { locale, t } from "../i18n/mod.ts";
import { online } from "../state/mod.ts";
import { Icon, IconButton } from "../ui/mod.ts";
import type { FileQueue, QueuedFile } from "./queue.ts";
import { refusalText } from "./refusals.ts";
import { formatSize } from "./size.ts";
import { Waveform } from "./waveform.tsx";

/** The files that are to be sent, above the input. */
export function Tray({ queue }: { readonly queue: FileQueue }): JSX.Element | null {
  const files = queue.files.value;
  if (files.length === 0) return null;
  return (
    <ul class="tray" aria-label={t("files.tray")}>
      {files.map((file) => <Item key={file.id} file={file} queue={queue} />)}
    </ul>
  );
}

interface ItemProps {
  readonly file: QueuedFile;
  readonly queue: FileQueue;
}

function Item({ file, queue }: ItemProps): JSX.Element {
  const { id, name, state, bytes } = file;
  const share = bytes.size === 0 ? 0 : Math.min(file.sent / bytes.size, 1);
  return (
    <li class={`tray-item tray-${state}`}>
      <Face file={file} />
      <span class="tray-words">
        <bdi dir="auto">{name}</bdi>
        <small>{wordsOf(file, share)}</small>
        {(state === "going" || state === "waiting") && (
          <progress value={share} max={1} aria-label={t("files.progress", { name })} />
        )}
      </span>
      {state === "failed" && (
        <IconButton
          icon="refresh"
          label={t("files.retry", { name })}
          onClick={() => queue.retry(id)}
        />
      )}
      <IconButton icon="close" label={t("files.cancel", { name })} onClick={() => queue.cancel(id)} />
    </li>
  );
}

/** A picture as it is, how loud a recording is, or a sign for anything else. */
function Face({ file: { bytes, peaks } }: Pick<ItemProps, "file">): JSX.Element {
  const address = useAddress(bytes);
  if (peaks) {
    return (
      <span class="tray-face tray-voice">
        <Waveform peaks={peaks} />
      </span>
    );
  }
  return (
    <span class="tray-face">
      {address ? <img src={address} alt="" decoding="async" /> : <Icon name="clip" />}
    </span>
  );
}

/** An address of a picture's bytes, for as long as it is shown. */
function useAddress(bytes: Blob): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!/^image\/(jpeg|png|gif|webp|avif)$/.test(bytes.type)) return;
    const made = URL.createObjectURL(bytes);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return address;
}

function wordsOf(file: QueuedFile, share: number): string {
  const size = formatSize(file.bytes.size);
  if (file.state === "failed") return refusalText(file);
  if (!online.value && file.state !== "there") return `${size} · ${t("files.offline")}`;
  if (file.state === "waiting") return `${size} · ${t("files.waiting")}`;
  if (file.state === "there") return `${size} · ${t(file.said ? "files.sending" : "files.there")}`;
  const percent = new Intl.NumberFormat(locale.value, { style: "percent" }).format(share);
  return `${size} · ${percent}`;
}
