import { join } from "node:path";
import type { Blobs, ByteRange, ByteStream, DraftState } from "../ports/blobs.ts";
import { DraftChanged } from "../ports/blobs.ts";
import { calling, ifThere } from "./folder/errors.ts";
import { stream, syncFolder, writeAll } from "./folder/files.ts";
import { InTurn } from "./folder/in_turn.ts";

const MODE = { mode: 0o600 } as const;

/**
 * Files in a folder of one process: `drafts/<draft>` and `blobs/<first two of the key>/<key>`. Sealing renames, once the
 * bytes are on the disk, and then has the name reach the disk too.
 */
export class FolderBlobs implements Blobs {
  readonly #dir: string;
  readonly #drafts: string;
  readonly #blobs: string;
  /** Folders of blobs whose own names have reached the disk. */
  readonly #named = new Set<string>();
  readonly #writes = new InTurn();

  constructor(dir: string) {
    this.#dir = dir;
    this.#drafts = join(dir, "drafts");
    this.#blobs = join(dir, "blobs");
  }

  async append(draft: string, at: number, bytes: AsyncIterable<Uint8Array>): Promise<DraftState> {
    await calling(Deno.mkdir(this.#drafts, { recursive: true, mode: 0o700 }));
    using file = await calling(Deno.open(this.#draft(draft), { append: true, create: true, ...MODE }));
    const { size } = await calling(file.stat());
    if (size !== at) throw new DraftChanged(`the draft has ${size} bytes, not ${at}`);
    await writeAll(file, bytes, this.#writes);
    return stateOf(await calling(file.stat()));
  }

  async cut(draft: string, size: number): Promise<void> {
    await ifThere(Deno.truncate(this.#draft(draft), size));
  }

  async draft(draft: string): Promise<DraftState> {
    return stateOf(await ifThere(Deno.stat(this.#draft(draft))));
  }

  async readDraft(draft: string): Promise<DraftState & { readonly bytes: ByteStream }> {
    const file = await ifThere(Deno.open(this.#draft(draft)));
    if (!file) return { ...stateOf(undefined), bytes: emptyStream() };
    return { ...stateOf(await calling(file.stat())), bytes: await stream(file) };
  }

  async dropDraft(draft: string): Promise<void> {
    await ifThere(Deno.remove(this.#draft(draft)));
  }

  async *drafts(idleSince: number): AsyncIterable<string> {
    if (!await ifThere(Deno.stat(this.#drafts))) return;
    for await (const { name } of Deno.readDir(this.#drafts)) {
      const found = await ifThere(Deno.stat(this.#draft(name)));
      if (found?.mtime && found.mtime.getTime() < idleSince) yield name;
    }
  }

  async seal(draft: string, version: string, key: string): Promise<void> {
    const state = await this.draft(draft);
    if (state.version !== version) throw new DraftChanged("the draft has changed");
    const folder = join(this.#blobs, key.slice(0, 2));
    if (await this.size(key) !== undefined) return await this.dropDraft(draft);
    await calling(Deno.mkdir(folder, { recursive: true, mode: 0o700 }));
    await calling(Deno.rename(this.#draft(draft), this.#blob(key)));
    await syncFolder(folder);
    if (this.#named.has(folder)) return;
    for (const path of [this.#blobs, this.#dir]) await syncFolder(path);
    this.#named.add(folder);
  }

  async size(key: string): Promise<number | undefined> {
    return (await ifThere(Deno.stat(this.#blob(key))))?.size;
  }

  async read(key: string, range?: ByteRange): Promise<ByteStream | undefined> {
    const file = await ifThere(Deno.open(this.#blob(key)));
    return file && await stream(file, range);
  }

  async remove(key: string): Promise<void> {
    await ifThere(Deno.remove(this.#blob(key)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #draft(draft: string): string {
    return join(this.#drafts, checked(draft));
  }

  #blob(key: string): string {
    return join(this.#blobs, key.slice(0, 2), checked(key));
  }
}

/** No name leads out of its folder. */
function checked(name: string): string {
  if (!/^[\w-]{1,128}$/.test(name)) throw new TypeError(`"${name}" is no name of a draft or a blob`);
  return name;
}

function stateOf(found: Deno.FileInfo | undefined): DraftState {
  if (!found) return { size: 0, version: "" };
  return { size: found.size, version: `${found.ino}.${found.size}.${found.mtime?.getTime()}` };
}

function emptyStream(): ByteStream {
  return new ReadableStream({ start: (controller) => controller.close() });
}
