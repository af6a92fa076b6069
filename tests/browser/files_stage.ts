import { Buffer } from "node:buffer";
import { assert } from "@std/assert";
import type { BrowserContextOptions, Locator } from "playwright-core";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage, Visitor } from "../support/browser.ts";
import { picture } from "../support/pictures.ts";

export interface Two extends AsyncDisposable {
  readonly stage: BrowserStage;
  readonly ann: Visitor;
  readonly bob: Visitor;
}

/** Two who have their group open. */
export async function talking(options: BrowserContextOptions = {}): Promise<Two> {
  const folder = await temporaryFolder();
  const stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [annUser, bobUser] = await stage.rest.users("ann", "bob");
  await stage.rest.group(annUser, [bobUser], { name: "Harbour walk" });
  const [ann, bob] = [await stage.visit("/", options), await stage.visit("/", options)];
  for (const [visitor, name] of [[ann, "ann"], [bob, "bob"]] as const) {
    await visitor.logIn(name);
    await visitor.open("Harbour walk");
  }
  return {
    ...{ stage, ann, bob },
    [Symbol.asyncDispose]: async () => {
      await stage[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export const png = (name = "harbour.png", width = 800, height = 600): GivenFile => ({
  ...{ name, mimeType: "image/png" },
  buffer: Buffer.from(picture(width, height)),
});

export const text = (name: string, bytes = 100): GivenFile => ({
  ...{ name, mimeType: "text/plain" },
  buffer: Buffer.alloc(bytes, "All about the harbour. "),
});

export async function pick({ page }: Visitor, ...files: readonly GivenFile[]): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles([...files]);
}

export function tray({ page }: Visitor): Locator {
  return page.getByRole("list", { name: say("files.tray") });
}

/** Waits until so many files have been brought, and sends them. */
export async function sendThose(visitor: Visitor, count: number): Promise<void> {
  await tray(visitor).getByText(say("files.there")).nth(count - 1).waitFor();
  await visitor.composer.press("Enter");
}

/** The pictures in the history that have been drawn. */
export function pictures({ history }: Visitor): Locator {
  return history.locator("img.picture-there");
}

/** Classes that only pages have. */
type PageClasses = Readonly<
  Record<string, new (...given: unknown[]) => { items: { add(file: unknown): void } }>
>;

/** Hands a file over as a drop or a paste does. */
export async function handOver(
  target: Locator,
  event: "DragEvent" | "ClipboardEvent",
  file: GivenFile,
): Promise<void> {
  const { name, mimeType, buffer } = file;
  const given = { event, name, mimeType, base64: buffer.toString("base64") };
  await target.evaluate((element, { event, name, mimeType, base64 }) => {
    const { DataTransfer: Data, [event]: Handing } = globalThis as unknown as PageClasses;
    if (!Data || !Handing) return;
    const data = new Data();
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type: mimeType }));
    const type = event === "DragEvent" ? "drop" : "paste";
    const init = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
    element.dispatchEvent(new Handing(type, init));
  }, given);
}

/** A tone of so many seconds. */
export function wave(seconds: number): Buffer {
  const rate = 8000;
  const samples = Buffer.from(
    Array.from({ length: rate * seconds }, (_, at) => 128 + Math.round(90 * Math.sin(at / 8))),
  );
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  for (const [at, value] of [[16, 16], [24, rate], [28, rate], [40, samples.length]] as const) {
    header.writeUInt32LE(value, at);
  }
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) header.writeUInt16LE(value, at);
  header.write("data", 36);
  return Buffer.concat([header, samples]);
}

/** Looks again and again until it is so. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!await check()) {
    assert(Date.now() < end, "it took too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
