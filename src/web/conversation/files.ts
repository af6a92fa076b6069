import { language } from "../i18n/mod.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size in bytes, in the largest unit that fits. */
export function formatSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const options = {
    style: "unit",
    unit: UNITS[step],
    unitDisplay: "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(language.value, options).format(bytes / 1000 ** step);
}

/** An address that may be opened: one of this server, or of the web by https. */
export function shownAddress(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return /^\/(?!\/)/.test(value) || /^https:\/\//i.test(value) ? value : undefined;
}

/** Where the picture is that a message's metadata speak of, and how large, so that its place is kept free. */
export function pictureOf(
  { imageUrl, imageDimensions }: Readonly<Record<string, unknown>>,
): { readonly address: string | undefined; readonly width?: number; readonly height?: number } {
  const address = shownAddress(imageUrl);
  const { width, height } = Object(imageDimensions);
  return typeof width === "number" && typeof height === "number" ? { address, width, height } : { address };
}
