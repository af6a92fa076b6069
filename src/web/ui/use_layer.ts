import { useLayoutEffect, useRef } from "preact/hooks";
import { addLayer } from "../state/layers.ts";

/** Makes a component a layer over the screen for as long as it is there: who goes back closes it. */
export function useLayer(close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => addLayer(() => latest.current()), []);
}
