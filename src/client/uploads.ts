import type { ParleyError } from "./errors.ts";
import type { Call } from "./http.ts";
import type { Services } from "./services.ts";
import type { UploadOptions } from "./types.ts";
import { PartSize } from "./uploads_part_size.ts";
import type { Upload } from "./wire.ts";

/** Where a file goes, and whether others hear of it. */
export interface Destination {
  readonly id: string;
  /** The server passes progress on for conversations that are open here. */
  readonly isOpen: boolean;
}

/** A file of no more bytes is sent in one request: what is lost of it is not worth being kept. */
const WHOLE_BYTES = 256 * 1024;
/** The server tells others of progress at most five times a second. */
const TELL_MS = 200;
/** Longer than a part takes on any line that still holds. */
const PART_MS = 60_000;
const WHOLE_MS = 120_000;
const ASK_MS = 20_000;
const MAX_NAME = 255;
const TUS = { "tus-resumable": "1.0.0" };
const TUS_PATH = "/api/uploads/tus";

/**
 * Brings a file to a conversation, in one request, or in parts where a cut line would lose too much (tus 1.0:
 * https://tus.io/protocols/resumable-upload). Goes on where it stopped, for as long as trying again can help. Rejects
 * with `ParleyError`: what the server refuses the file for, or `aborted`, after which nothing of it stays.
 */
export async function upload(
  services: Services,
  destination: Destination,
  file: Blob,
  options: UploadOptions,
): Promise<Upload> {
  return await new Transfer(services, destination, file, options).run();
}

class Transfer {
  readonly #services: Services;
  readonly #destination: Destination;
  readonly #file: Blob;
  readonly #options: UploadOptions;
  readonly #signal: AbortSignal;
  readonly #partSize: PartSize;
  #uploadId: string | undefined;
  #failures = 0;
  #toldAt = -Infinity;

  constructor(services: Services, destination: Destination, file: Blob, options: UploadOptions) {
    this.#services = services;
    this.#destination = destination;
    this.#file = file;
    this.#options = options;
    this.#uploadId = options.uploadId;
    this.#signal = options.signal ? AbortSignal.any([services.ended, options.signal]) : services.ended;
    this.#partSize = new PartSize(services.clock);
  }

  async run(): Promise<Upload> {
    const isWhole = this.#uploadId === undefined && this.#file.size <= WHOLE_BYTES;
    for (;;) {
      try {
        return await (isWhole ? this.#whole() : this.#parts());
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #whole(): Promise<Upload> {
    this.#options.onProgress?.({ sent: 0, total: this.#file.size });
    const answer = await this.#call("POST /api/uploads", {
      query: { conversationId: this.#destination.id },
      headers: { "content-type": this.#type, "x-file-name": encodeURIComponent(this.#name) },
      body: this.#file,
      timeoutMs: WHOLE_MS,
    });
    this.#options.onProgress?.({ sent: this.#file.size, total: this.#file.size });
    return answer as Upload;
  }

  async #parts(): Promise<Upload> {
    const id = this.#uploadId ??= await this.#begin();
    const path = `${TUS_PATH}/${id}`;
    const standing = await this.#call(`GET ${path}`, { wantsHeaders: true, timeoutMs: ASK_MS });
    let offset = countIn(standing, "upload-offset", this.#services);
    // Of a picture that is there already, less: what it told of its maker and place is not kept.
    const length = countIn(standing, "upload-length", this.#services);
    this.#report(id, offset);
    while (offset < length) {
      const reached = await this.#part(path, offset);
      if (reached <= offset) throw this.#services.failure("offset_conflict");
      offset = reached;
      this.#failures = 0;
      this.#report(id, offset);
    }
    this.#report(id, this.#file.size);
    // The last part has said so already; this has the record, and does what an answer that got lost has not told.
    return await this.#call(`POST /api/uploads/${id}/complete`, { timeoutMs: WHOLE_MS }) as Upload;
  }

  /** Announces the file; answers its id. */
  async #begin(): Promise<string> {
    const metadata = { filename: this.#name, filetype: this.#type };
    const headers = await this.#call(`POST ${TUS_PATH}`, {
      query: { conversationId: this.#destination.id },
      headers: {
        ...TUS,
        "upload-length": String(this.#file.size),
        "upload-metadata": Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`).join(),
      },
      wantsHeaders: true,
      timeoutMs: ASK_MS,
    });
    const id = (headers as Headers).get("location")?.split("/").at(-1) ?? "";
    this.#options.onBegun?.(id);
    return id;
  }

  /** Sends the next part; answers how many bytes are there. */
  async #part(path: string, offset: number): Promise<number> {
    const end = this.#partSize.begin(offset, this.#file.size);
    const headers = await this.#call(`PATCH ${path}`, {
      headers: { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
      body: this.#file.slice(offset, end),
      wantsHeaders: true,
      timeoutMs: PART_MS,
    });
    this.#partSize.succeeded();
    return countIn(headers, "upload-offset", this.#services);
  }

  async #call(route: string, call: Call): Promise<unknown> {
    return await this.#services.call(route, { ...call, signal: this.#signal });
  }

  /** Waits until it is time to try again; throws what that cannot mend. */
  async #recover(error: unknown): Promise<void> {
    await this.#checkWanted();
    const { code, status, retryable, retryAfterMs } = error as ParleyError;
    if (status === undefined) await this.#checkReadable();
    // The server had waited for too long, and has given it up.
    const isGone = code === "not_found" && this.#uploadId !== undefined;
    if (isGone) this.#uploadId = undefined;
    if (!retryable && !isGone && code !== "offset_conflict") throw error;
    this.#partSize.failed();
    await this.#pause(retryAfterMs ?? this.#services.runtime.retryMs(++this.#failures));
    await this.#checkWanted();
  }

  /** A file that was moved, or a folder, looks like a line that is gone. */
  async #checkReadable(): Promise<void> {
    try {
      await this.#file.slice(0, 1).arrayBuffer();
    } catch (cause) {
      throw this.#services.failure("unreadable", { cause });
    }
  }

  /** Throws when nobody waits any more; what the caller has given up is forgotten by the server too, if it can be reached. */
  async #checkWanted(): Promise<void> {
    if (!this.#signal.aborted) return;
    if (this.#options.signal?.aborted && this.#uploadId !== undefined) {
      const call = { headers: TUS, timeoutMs: ASK_MS };
      await this.#services.call(`DELETE ${TUS_PATH}/${this.#uploadId}`, call).catch(() => {});
    }
    throw this.#services.failure("aborted");
  }

  /** Waits for `ms`, or until the line is back, or nobody waits any more. */
  #pause(ms: number): Promise<void> {
    const { clock, emitter } = this.#services.runtime;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        off();
        this.#signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      const off = emitter.on("connection", ({ status }) => status === "online" && end());
      this.#signal.addEventListener("abort", end);
      if (this.#signal.aborted) end();
    });
  }

  #report(uploadId: string, sent: number): void {
    const total = this.#file.size;
    this.#options.onProgress?.({ sent, total });
    const now = this.#services.clock.now();
    if (sent < total && now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    const { id: conversationId, isOpen } = this.#destination;
    if (!isOpen) return;
    const progress = Math.round(100 * sent / total);
    this.#services.line?.tell("file_upload_progress", { conversationId, uploadId, progress });
  }

  get #name(): string {
    const { name = (this.#file as { readonly name?: string }).name ?? "file" } = this.#options;
    // Its end tells what it is.
    return [...name.toWellFormed()].slice(-MAX_NAME).join("");
  }

  /** As the browser says; a form would be taken for one. */
  get #type(): string {
    const { type } = this.#file;
    return type === "" || type.startsWith("multipart/") ? "application/octet-stream" : type;
  }
}

function countIn(headers: unknown, name: string, { failure }: Services): number {
  const count = Number((headers as Headers).get(name) ?? NaN);
  // Something between has answered in the server's place.
  if (!(count >= 0)) throw failure("network", { retryable: true });
  return count;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
