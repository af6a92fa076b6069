import { useSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { fitted, moved, WHOLE, zoomed } from "./zoom.ts";
import type { Point, Size, View } from "./zoom.ts";

/** How a picture is looked at, and what changes that. */
export interface Zoom {
  readonly view: ReadonlySignal<View>;
  /** The box that the picture is in. */
  readonly box: { current: HTMLElement | null };
  in(): void;
  out(): void;
  reset(): void;
  move(by: Point): void;
  /** Looks closer by a factor, where the pointer is; places are the window's. */
  at(factor: number, clientX: number, clientY: number): void;
}

const STEP = 1.5;

/** Looks at one picture after the other, each from the whole on. */
export function useZoom(id: string, picture: Size): Zoom {
  const view = useSignal<View>(WHOLE);
  const box = useRef<HTMLElement>(null);
  // Before anything can be pressed: a key that came sooner would be taken back.
  useLayoutEffect(() => void (view.value = WHOLE), [id]);
  return useMemo(() => {
    const room = (): DOMRect => box.current?.getBoundingClientRect() ?? new DOMRect();
    const by = (factor: number, point: Point = { x: 0, y: 0 }) => {
      view.value = zoomed(view.value, factor, point, fitted(picture, room()), room());
    };
    return {
      view,
      box,
      in: () => by(STEP),
      out: () => by(1 / STEP),
      reset: () => view.value = WHOLE,
      move: (far) => view.value = moved(view.value, far, fitted(picture, room()), room()),
      at: (factor, clientX, clientY) => {
        const { left, top, width, height } = room();
        by(factor, { x: clientX - left - width / 2, y: clientY - top - height / 2 });
      },
    };
  }, [picture.width, picture.height]);
}
