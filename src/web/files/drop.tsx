import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { Icon } from "../ui/mod.ts";
import { give, hasFiles } from "./give.ts";
import type { FileQueue } from "./queue.ts";

/** Takes files that are dropped on what it is in, and shows that it would. */
export function DropZone(
  { zone, queue }: { readonly zone: { readonly current: HTMLElement | null }; readonly queue: FileQueue },
): JSX.Element | null {
  const isOver = useSignal(false);
  useLayoutEffect(() => {
    const element = zone.current;
    if (!element) return;
    const listening = new AbortController();
    const on = (event: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      element.addEventListener(event, act, { signal: listening.signal });
    const over = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      isOver.value = true;
    };
    on("dragenter", over);
    on("dragover", over);
    on("dragleave", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) isOver.value = false;
    });
    on("drop", (event) => {
      isOver.value = false;
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      give(queue, [...event.dataTransfer?.files ?? []]);
    });
    return () => listening.abort();
  }, [queue]);
  if (!isOver.value) return null;
  return (
    <div class="drop" aria-hidden="true">
      <p>
        <Icon name="clip" />
        {t("files.drop")}
      </p>
    </div>
  );
}

/** A file that misses its place is not opened in place of the app. */
export function guardDrops(): void {
  const stop = (event: DragEvent) => {
    if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  };
  addEventListener("dragover", stop);
  addEventListener("drop", stop);
}
