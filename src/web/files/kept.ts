import type { ClientStorage, MessageView } from "../../client/mod.ts";
import { keep, keysOf, recall } from "../local.ts";

/** What was said with a file when it was sent. */
export interface Said {
  readonly text: string;
  readonly replyTo?: MessageView | undefined;
}

/** A file that waits to be sent, as it is kept; its bytes lie beside it. */
export interface KeptFile {
  /** Names its message, too. */
  readonly id: string;
  readonly conversationId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** What the server knows it by, once it does. */
  readonly uploadId?: string | undefined;
  /** Once the reader has sent it. */
  readonly said?: Said | undefined;
  /** Of a voice message: how loud it is along the way, from 0 to 1. */
  readonly peaks?: readonly number[] | undefined;
}

/** Bytes of all files that are kept: more would crowd out what else the browser keeps. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Whoever comes back later than this has forgotten. */
const LONGEST_MS = 7 * 86_400_000;

/** Texts that are kept the moment they are given. */
export interface Notes {
  keep(key: string, text: string | undefined): void;
  recall(key: string): string | undefined;
}

/** Under this stands what the storage has not written yet. */
const NOTES = "parley.file.";

/** Forgets what was noted of everyone's files. */
export function forgetNotes(): void {
  for (const key of keysOf(NOTES)) keep(key, undefined);
}

/**
 * Keeps files on this device until they are sent, so that a reload loses none. One that is too large, or that the
 * browser has no room for, lasts as long as the page. Nothing here throws.
 */
export class KeptFiles {
  readonly #storage: ClientStorage;
  readonly #prefix: string;
  readonly #notes: Notes;
  readonly #sizes = new Map<string, number>();
  #work: Promise<unknown> = Promise.resolve();

  /** Of one user, under whose id they lie. */
  constructor(storage: ClientStorage, userId: string, notes: Notes = { keep, recall }) {
    this.#storage = storage;
    this.#notes = notes;
    this.#prefix = `${userId}/`;
  }

  /** What is there, the oldest first. What has lain for too long is forgotten. */
  async all(): Promise<KeptFile[]> {
    const keys = await this.#do(() => this.#storage.keys(this.#prefix)) ?? [];
    const facts = keys.filter((key) => !key.endsWith("/bytes"));
    const files = await Promise.all(facts.map((key) => this.#do(() => this.#storage.get<KeptFile>(key))));
    const since = Date.now() - LONGEST_MS;
    const known = files.filter((file) => file !== undefined).map((file) => this.#newest(file));
    for (const { id, addedAt } of known) if (addedAt < since) this.remove(id);
    return known.filter(({ addedAt }) => addedAt >= since).sort((a, b) => a.addedAt - b.addedAt);
  }

  /** The bytes of a file that is still there. */
  async bytesOf(id: string): Promise<Blob | undefined> {
    const bytes = await this.#do(() => this.#storage.get<Blob>(`${this.#prefix}${id}/bytes`));
    if (bytes) this.#sizes.set(id, bytes.size);
    return bytes;
  }

  /** Keeps a file, as far as there is room. */
  add(file: KeptFile, bytes: Blob): void {
    const held = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    if (held + bytes.size > MOST_BYTES) return;
    this.#sizes.set(file.id, bytes.size);
    const entries = new Map<string, unknown>([[this.#key(file), file], [`${this.#key(file)}/bytes`, bytes]]);
    void this.#do(() => this.#storage.set(entries));
  }

  /** Keeps what is new about a file that is kept, at once: the page may be left before the storage has done so. */
  update(file: KeptFile): void {
    if (!this.#sizes.has(file.id)) return;
    const [note, text] = [this.#note(file), JSON.stringify(file)];
    this.#notes.keep(note, text);
    void this.#do(async () => {
      await this.#storage.set(new Map([[this.#key(file), file]]));
      if (this.#notes.recall(note) === text) this.#notes.keep(note, undefined);
    });
  }

  remove(id: string): void {
    this.#sizes.delete(id);
    this.#notes.keep(this.#note({ id }), undefined);
    void this.#do(() => this.#storage.delete([this.#key({ id }), `${this.#key({ id })}/bytes`]));
  }

  #newest(file: KeptFile): KeptFile {
    try {
      return JSON.parse(this.#notes.recall(this.#note(file)) ?? "") as KeptFile;
    } catch {
      return file; // nothing is noted: the newest is written
    }
  }

  #note(file: Pick<KeptFile, "id">): string {
    return NOTES + this.#key(file);
  }

  #key({ id }: Pick<KeptFile, "id">): string {
    return `${this.#prefix}${id}`;
  }

  /** One step after the other; what the browser does not let be done is not done. */
  #do<T>(step: () => Promise<T>): Promise<T | undefined> {
    const done = this.#work.then(step).catch(() => undefined);
    this.#work = done;
    return done;
  }
}
