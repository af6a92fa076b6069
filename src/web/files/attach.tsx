import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { IconButton } from "../ui/mod.ts";
import { give } from "./give.ts";
import type { FileQueue } from "./queue.ts";

/** A button that lets files be picked. */
export function AttachButton(
  { queue, onGiven }: { readonly queue: FileQueue; readonly onGiven: () => void },
): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-label={t("files.add")}
        onChange={({ currentTarget }) => {
          give(queue, [...currentTarget.files ?? []]);
          // The same file may be picked again.
          currentTarget.value = "";
          onGiven();
        }}
      />
      <IconButton icon="clip" label={t("files.add")} onClick={() => input.current?.click()} />
    </>
  );
}
