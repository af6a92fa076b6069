import { Buffer } from "node:buffer";
import { assert } from "@std/assert";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { openBrowserStage, PATIENCE_MS, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage, Visitor } from "../support/browser.ts";
import { picture } from "../support/pictures.ts";
import type { TestUser } from "../support/rest.ts";

export interface Two extends AsyncDisposable {
  readonly stage: BrowserStage;
  readonly users: readonly [ann: TestUser, bob: TestUser];
  readonly groupId: string;
  readonly ann: Visitor;
  readonly bob: Visitor;
}

/** Two who have their group open. */
export async function talking(
  options: BrowserContextOptions = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Two> {
  const folder = await temporaryFolder();
  const stage = await openBrowserStage({ DATA_DIR: folder.path, RATE_LIMIT_UPLOADS: "0", ...env });
  const [annUser, bobUser] = await stage.rest.users("ann", "bob");
  const groupId = await stage.rest.group(annUser, [bobUser], { name: "Harbour walk" });
  const [ann, bob] = [await stage.visit("/", options), await stage.visit("/", options)];
  for (const [visitor, name] of [[ann, "ann"], [bob, "bob"]] as const) {
    await visitor.logIn(name);
    await visitor.open("Harbour walk");
  }
  return {
    ...{ stage, ann, bob, groupId },
    users: [annUser, bobUser],
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

/** Has Ann share files, one after the other, as a program would; answers the records of their messages. */
export async function share(
  { stage: { rest }, users: [ann], groupId }: Two,
  ...files: readonly (GivenFile & { readonly waveform?: readonly number[] })[]
): Promise<{ readonly messageId: string }[]> {
  const shared: { readonly messageId: string }[] = [];
  for (const { name, mimeType, buffer, waveform } of files) {
    const response = await fetch(`${rest.url}/api/uploads?conversationId=${groupId}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ann.token}`,
        "content-type": mimeType,
        "x-file-name": encodeURIComponent(name),
      },
      body: new Uint8Array(buffer),
    });
    const upload = await response.json();
    assert(response.status === 201, JSON.stringify(upload));
    const type = mimeType.startsWith("image/") ? "image" : "file";
    const message = await rest.send(ann, groupId, "", {
      content: { type, metadata: { uploadId: upload.id, ...(waveform && { waveform }) } },
    });
    shared.push({ messageId: message.id });
  }
  return shared;
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

/** Has a canvas of the page be recorded for half a second. */
const FILMING = `(async () => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => recorder.onstop = resolve);
  let frames = 0;
  const timer = setInterval(() => {
    context.fillRect(frames * 20, 0, 9, 90);
    if (++frames === 12) recorder.stop();
  }, 50);
  recorder.start();
  await ended;
  clearInterval(timer);
  return new Uint8Array(await new Blob(parts).arrayBuffer()).toBase64();
})()`;

/** A film of half a second. */
export async function film({ page }: Visitor): Promise<GivenFile> {
  const base64 = await page.evaluate<string>(FILMING);
  return { name: "film.webm", mimeType: "video/webm", buffer: Buffer.from(base64, "base64") };
}

/** Looks again and again until it is so. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await check()) {
    assert(Date.now() < end, "it took too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Something that the app keeps in a page's storage. */
export interface Kept {
  readonly key: string;
  readonly value: unknown;
}

/** What the app keeps in one of the storages of a page. */
export function keptIn(page: Page, storage: "parley" | "parley-files" = "parley"): Promise<Kept[]> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open("${storage}");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const kept = [];
      const asking = opening.result.transaction("entries").objectStore("entries").openCursor();
      asking.onerror = () => reject(asking.error);
      asking.onsuccess = () => {
        const { result: at } = asking;
        if (at) {
          kept.push({ key: at.key, value: at.value });
          return at.continue();
        }
        opening.result.close();
        resolve(kept);
      };
    };
  })`);
}
