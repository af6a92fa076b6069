import { decode, isBlurhashValid } from "blurhash";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

const SIDE = 24;

/** What a picture looks like from afar, until it has come. */
export function Blurhash({ hash }: { readonly hash: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !isBlurhashValid(hash).result) return;
    context.putImageData(new ImageData(new Uint8ClampedArray(decode(hash, SIDE, SIDE)), SIDE, SIDE), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} class="blurhash" width={SIDE} height={SIDE} aria-hidden="true" />;
}
