import { u16, u32 } from "../byte_source.ts";

/** Tag of the orientation, and the type of its value (TIFF 6.0, section 8; Exif 2.32, 4.6.4). */
const ORIENTATION = 0x0112;
const SHORT = 3;
/** Bytes of a TIFF that says nothing but the orientation. */
export const ORIENTATION_BYTES = 26;

/** The orientation that an Exif block tells, from 1 (upright) to 8; 1 where it tells none. */
export function orientationOf(tiff: Uint8Array): number {
  try {
    const little = tiff[0] === 0x49;
    const directory = u32(tiff, 4, little);
    const count = u16(tiff, directory, little);
    for (let n = 0; n < count; n++) {
      const entry = directory + 2 + n * 12;
      if (u16(tiff, entry, little) !== ORIENTATION) continue;
      const value = u16(tiff, entry + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
  } catch (error) {
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

/** An Exif block that tells the orientation alone, so that viewers apply it and learn nothing else. */
export function orientationOnly(orientation: number): Uint8Array {
  const tiff = new Uint8Array(ORIENTATION_BYTES);
  const view = new DataView(tiff.buffer);
  tiff.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0]);
  view.setUint16(10, ORIENTATION, true);
  view.setUint16(12, SHORT, true);
  view.setUint32(14, 1, true);
  view.setUint16(18, orientation, true);
  return tiff;
}
