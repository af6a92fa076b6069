import type { Clock } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";

/** How long the bytes of a request may stay away. */
export const SILENCE_MS = 30_000;

/**
 * The bytes of a request, none where it has no body. Errors with `request_timeout` once nothing has come for
 * `SILENCE_MS`, so that who sends nothing holds nothing.
 */
export function bytesOf({ body }: Request, clock: Clock): ReadableStream<Uint8Array> {
  const reader = body?.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = reader && await readBefore(reader, clock);
      if (part?.value) controller.enqueue(part.value);
      else controller.close();
    },
    cancel: (reason) => reader?.cancel(reason),
  }, { highWaterMark: 0 });
}

async function readBefore(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  clock: Clock,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  const silence = Promise.withResolvers<never>();
  const stop = clock.after(SILENCE_MS, () => {
    const error = new ParleyError("request_timeout");
    silence.reject(error);
    // What it says of being let go is of no use to anybody.
    reader.cancel(error).catch(() => {});
  });
  try {
    return await Promise.race([silence.promise, reader.read()]);
  } finally {
    stop();
  }
}
