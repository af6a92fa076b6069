import { useSignal } from "@preact/signals";
import type { HTMLAttributes, JSX } from "preact";
import { useRef } from "preact/hooks";
import { Spinner } from "../ui/mod.ts";
import { useLinks } from "./links.ts";
import { aboutOf } from "./shared.ts";
import type { SharedFile } from "./shared.ts";
import type { Zoom } from "./use_zoom.ts";

interface ViewedPictureProps {
  readonly shared: SharedFile;
  readonly zoom: Zoom;
}

/** The picture itself: the wheel and two fingers look closer, one finger moves it, two presses go there and back. */
export function ViewedPicture({ shared, zoom }: ViewedPictureProps): JSX.Element {
  const { file } = shared;
  const { links, renew } = useLinks(file.uploadId);
  const isThere = useSignal(false);
  const hasFailed = useRef(false);
  const pointers = usePointers(zoom);
  const { scale, x, y } = zoom.view.value;
  return (
    <div
      ref={(element) => void (zoom.box.current = element)}
      class={`viewer-box ${scale > 1 ? "viewer-zoomed" : ""}`}
      {...pointers}
      onWheel={(event) => {
        event.preventDefault();
        zoom.at(Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
      }}
      onDblClick={(event) => zoom.at(scale > 1 ? 1 / scale : 3, event.clientX, event.clientY)}
    >
      {!isThere.value && <Spinner />}
      {links && (
        <img
          src={links.content}
          alt={aboutOf(shared)}
          width={file.width}
          height={file.height}
          draggable={false}
          style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
          onLoad={() => isThere.value = true}
          onError={() => {
            if (hasFailed.current) return;
            hasFailed.current = true;
            renew();
          }}
        />
      )}
    </div>
  );
}

type Handlers = Pick<
  HTMLAttributes<HTMLDivElement>,
  "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel"
>;

/** Follows fingers: one moves the picture, two look closer. */
function usePointers(zoom: Zoom): Handlers {
  const pressed = useRef(new Map<number, { readonly x: number; readonly y: number }>());
  const release = ({ pointerId }: PointerEvent) => void pressed.current.delete(pointerId);
  return {
    onPointerDown: (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      pressed.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: ({ pointerId, clientX, clientY }) => {
      const before = pressed.current.get(pointerId);
      if (!before) return;
      const other = [...pressed.current].find(([id]) => id !== pointerId)?.[1];
      pressed.current.set(pointerId, { x: clientX, y: clientY });
      if (!other) return zoom.move({ x: clientX - before.x, y: clientY - before.y });
      const apart = (at: { readonly x: number; readonly y: number }) =>
        Math.max(1, Math.hypot(at.x - other.x, at.y - other.y));
      const factor = apart({ x: clientX, y: clientY }) / apart(before);
      zoom.at(factor, (clientX + other.x) / 2, (clientY + other.y) / 2);
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}
