/** Runs in a thread of its own: what goes wrong here ends the thread, and nothing else. */
import { encode } from "blurhash";
import Vips from "wasm-vips";
import { THUMBNAIL_PIXELS } from "../../ports/pictures.ts";
import type { Thumbnail } from "../../ports/pictures.ts";

/** Pixels of what a blurhash is made of, and its parts across and down. */
const BLUR_PIXELS = 32;
const [ACROSS, DOWN] = [4, 3];

type VipsModule = Awaited<ReturnType<typeof Vips>>;

/** Where messages come from and go to. */
interface Port {
  onmessage: ((event: MessageEvent<Uint8Array<ArrayBuffer>>) => void) | null;
  postMessage(answer: Thumbnail | undefined): void;
}

/** Answers each picture with its thumbnail, one after the other. */
function serve(port: Port): void {
  const loading = Vips({ dynamicLibraries: [] });
  port.onmessage = async ({ data }) => port.postMessage(thumbnailOf(await loading, data));
}

function thumbnailOf(vips: VipsModule, picture: Uint8Array<ArrayBuffer>): Thumbnail | undefined {
  const sizedTo = (pixels: number) =>
    vips.Image.thumbnailBuffer(picture, pixels, { height: pixels, size: "down" });
  const held: { delete(): void }[] = [];
  const hold = <T extends { delete(): void }>(image: T): T => (held.push(image), image);
  try {
    const bytes = hold(sizedTo(THUMBNAIL_PIXELS)).writeToBuffer(".webp", { Q: 75, keep: 0 });
    const small = hold(hold(sizedTo(BLUR_PIXELS)).colourspace("srgb"));
    const opaque = hold(small.hasAlpha() ? small.flatten({ background: [255, 255, 255] }) : small);
    const pixels = hold(hold(opaque.bandjoin(255)).cast("uchar"));
    const { width, height } = pixels;
    const blurhash = encode(new Uint8ClampedArray(pixels.writeToMemory()), width, height, ACROSS, DOWN);
    return { bytes: new Uint8Array(bytes), blurhash };
  } catch (error) {
    // The library itself has broken: it makes no more pictures, and holds what it held.
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return undefined;
  } finally {
    for (const image of new Set(held)) image.delete();
  }
}

serve(globalThis as unknown as Port);
