import { Buffer } from "node:buffer";
import { HttpLine } from "./http_line.ts";
import type { Group } from "./population.ts";

export const MB = 1_000_000;

/** Where files are brought to, and by whom. */
export interface Place {
  readonly url: string;
  /** With its query. */
  readonly path: string;
  readonly token: string;
}

/** A client that brings one file after the other. */
export interface Bringer {
  /** Brings a file of so many bytes, each of whose parts waits for `wait`; resolves when it is kept. */
  bring(bytes: number, wait?: (part: number) => Promise<void>): Promise<void>;
  close(): void;
}

const PART = Buffer.alloc(64 * 1024, "What is in a file does not matter, as long as no two are alike. ");

/** A conversation, and its first member. */
export function placeIn(url: string, group: Group | undefined): Place {
  return {
    url,
    path: `/api/uploads?conversationId=${group?.id}`,
    token: group?.members[0]?.token ?? "",
  };
}

/** Connects. */
export async function bringer({ url, path, token }: Place): Promise<Bringer> {
  const line = await HttpLine.open(url, token);
  return {
    bring(bytes, wait) {
      const lines = ["Content-Type: application/pdf", "X-File-Name: bench.pdf", `Content-Length: ${bytes}`];
      return line.send(path, 201, lines, partsOf(bytes, wait));
    },
    close: () => line.close(),
  };
}

/** Every file is another one, so that none is there already. */
async function* partsOf(bytes: number, wait?: (part: number) => Promise<void>): AsyncGenerator<Uint8Array> {
  let part: Uint8Array = Buffer.from(`%PDF-1.7 ${crypto.randomUUID()} `);
  for (let left = bytes; left > 0; part = PART.subarray(0, left)) {
    await wait?.(part.length);
    yield part;
    left -= part.length;
  }
}
