import type { Clock, Stop } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import { Turnstile } from "../kernel/turnstile.ts";
import type { ReadPicture, Thumbnail, Thumbnailer } from "../ports/pictures.ts";

export interface VipsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a picture may take, in milliseconds; the first one also waits for the library. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;
/** Pictures that wait for their turn: their names alone are held. */
const QUEUE = 1_000;
/** How many of them are as many as one may be kept waiting for. */
const LONG = 16;
/** A thread that has nothing to do for so long gives its memory back. */
const IDLE_MS = 60_000;

/** Thumbnails by libvips in WebAssembly, in a thread that begins with the first picture. One picture at a time. */
export class VipsThumbnailer implements Thumbnailer {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #patienceMs: number;
  readonly #turnstile: Turnstile;
  #worker: Worker | undefined;
  #idle: Stop = () => {};
  #closed = false;

  constructor({ clock, log, patienceMs = PATIENCE_MS }: VipsOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#patienceMs = patienceMs;
    this.#turnstile = new Turnstile({ clock, places: 1, queue: QUEUE, patienceMs: 2 * patienceMs });
  }

  get isBusy(): boolean {
    return this.#turnstile.waiting >= LONG;
  }

  async make(read: ReadPicture): Promise<Thumbnail | undefined> {
    return await this.#turnstile.run(async () => {
      const picture = await read();
      return picture && await this.#attempt(picture);
    });
  }

  async #attempt(picture: Uint8Array<ArrayBuffer>): Promise<Thumbnail | undefined> {
    try {
      return await this.#ask(picture);
    } catch (error) {
      this.#log.warn("no_thumbnail", { error: String(error) });
      return undefined;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#end();
    return Promise.resolve();
  }

  async #ask(picture: Uint8Array<ArrayBuffer>): Promise<Thumbnail | undefined> {
    if (this.#closed) return undefined;
    this.#idle();
    const worker = this.#worker ??= this.#begin();
    const answer = Promise.withResolvers<Thumbnail | undefined>();
    const giveUp = this.#clock.after(this.#patienceMs, () => answer.reject(new Error("it took too long")));
    worker.onmessage = ({ data }) => answer.resolve(data ?? undefined);
    worker.onerror = (event) => {
      event.preventDefault();
      answer.reject(new Error(event.message));
    };
    try {
      worker.postMessage(picture, [picture.buffer]);
      const thumbnail = await answer.promise;
      this.#idle = this.#clock.after(IDLE_MS, () => this.#end());
      return thumbnail;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      giveUp();
    }
  }

  #begin(): Worker {
    return new Worker(new URL("./vips/worker.ts", import.meta.url), { type: "module" });
  }

  #end(): void {
    this.#idle();
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
