import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { durationOf } from "../../src/modules/uploads/facts.ts";

/** Two million chunks of nothing, each of which a parser looks at. */
function tiring(): Uint8Array<ArrayBuffer> {
  const head = Buffer.from("RIFF\xff\xff\xff\x7fWAVE", "latin1");
  return new Uint8Array(Buffer.concat([head, Buffer.alloc(16_000_000, "ABCD\0\0\0\0", "latin1")]));
}

Deno.test("a recording that keeps its parser busy is let go before its end, and has no duration", async () => {
  const bytes = tiring();
  const { promise: letGo, resolve } = Promise.withResolvers<void>();
  let read = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (read >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(read, read += 262_144));
    },
    cancel: () => resolve(),
  }, { highWaterMark: 0 });
  assertEquals(await durationOf(stream, { mimeType: "audio/wav", size: bytes.length }), null);
  await letGo;
  assert(read < bytes.length, `${read} bytes were read`);
});
