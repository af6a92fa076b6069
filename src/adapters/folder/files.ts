import type { ByteRange, ByteStream } from "../../ports/blobs.ts";
import { calling, toBlobsError } from "./errors.ts";
import type { InTurn } from "./in_turn.ts";

/** Bytes that go to or come from the disk at a time: fewer calls, and little to hold. */
const CHUNK = 256 * 1024;

/**
 * Writes all of `bytes` at the end of an open file, and has it reach the disk, also when `bytes` throws. Files that
 * share `writes` are written to in turn: each write keeps a thread busy, and the event loop waits for a core with all
 * of them.
 */
export async function writeAll(
  file: Deno.FsFile,
  bytes: AsyncIterable<Uint8Array>,
  writes: InTurn,
): Promise<void> {
  const gathered = new Uint8Array(CHUNK);
  let held = 0;
  const flush = async () => {
    await writes.run(() => write(file, gathered.subarray(0, held)));
    held = 0;
  };
  try {
    for await (const part of bytes) {
      if (held + part.length > CHUNK) await flush();
      if (part.length >= CHUNK) {
        await writes.run(() => write(file, part));
      } else {
        gathered.set(part, held);
        held += part.length;
      }
    }
  } finally {
    await flush();
    await calling(file.syncData());
  }
}

async function write(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await calling(file.write(bytes.subarray(done)));
}

/** Reads an open file, or a part of it, and closes it at the end. */
export async function stream(file: Deno.FsFile, range?: ByteRange): Promise<ByteStream> {
  let left = range ? range.end - range.start + 1 : Number.MAX_SAFE_INTEGER;
  if (range) await calling(file.seek(range.start, Deno.SeekMode.Start));
  return new ReadableStream({
    async pull(controller) {
      try {
        const buffer = new Uint8Array(Math.min(CHUNK, left));
        const count = buffer.length === 0 ? null : await file.read(buffer);
        if (count === null) {
          file.close();
          return controller.close();
        }
        left -= count;
        controller.enqueue(buffer.subarray(0, count));
      } catch (error) {
        file.close();
        throw toBlobsError(error);
      }
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}

/** Has the names in a folder reach the disk. */
export async function syncFolder(path: string): Promise<void> {
  using folder = await calling(Deno.open(path, { read: true }));
  await calling(folder.sync());
}
