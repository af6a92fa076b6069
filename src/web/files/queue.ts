import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { ParleyError } from "../../client/mod.ts";
import type { Conversation, FileOptions, Upload } from "../../client/mod.ts";
import type { KeptFile, KeptFiles, Said } from "./kept.ts";
import { gathered } from "./peaks.ts";

/** A file as the reader gives it. */
export interface Given {
  readonly bytes: Blob;
  readonly name: string;
  readonly peaks?: readonly number[] | undefined;
}

/** A file that is to be sent. */
export interface QueuedFile extends KeptFile, Given {
  readonly state: "waiting" | "going" | "there" | "failed";
  /** Bytes that are there. */
  readonly sent: number;
  /** Once it is there. */
  readonly upload?: Upload | undefined;
  /** Why it was refused. */
  readonly error?: unknown;
}

/** What a queue works with. */
export interface QueueDeps {
  readonly conversation: Pick<Conversation, "id" | "messages" | "upload" | "sendUpload">;
  readonly kept: Pick<KeptFiles, "add" | "update" | "remove">;
  readonly onRefused: (file: QueuedFile) => void;
  /** A file that is there is not wanted any more. */
  readonly onUnwanted: (uploadId: string) => void;
  /** What was said with a file that is not wanted any more. */
  readonly onUnsaid: (text: string) => void;
}

/** Failures that are not the file's own: who signs in again finds it waiting. */
const LEFT = new Set(["aborted", "client_closed", "unauthenticated"]);

/**
 * The files of one conversation that are to be sent: they are brought one after the other as soon as they are given,
 * and sent in their order once the reader says so.
 */
export class FileQueue {
  /** A snapshot, in order. */
  readonly files: Signal<readonly QueuedFile[]> = signal<readonly QueuedFile[]>([]);
  readonly #deps: QueueDeps;
  readonly #stops = new Map<string, AbortController>();
  /** Messages that are on their way. */
  readonly #sending = new Set<string>();
  #isWorking = false;
  #isClosed = false;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  /** Whether there is something that could be sent now. */
  get isReady(): boolean {
    return this.files.value.some(isSendable);
  }

  add(given: readonly Given[]): void {
    const { conversation, kept } = this.#deps;
    const now = Date.now();
    const added = given.map((file, index): QueuedFile => ({
      ...file,
      id: crypto.getRandomValues(new Uint8Array(16)).toHex(),
      conversationId: conversation.id,
      // In their order also when they come at once.
      addedAt: now + index / 1000,
      state: "waiting",
      sent: 0,
    }));
    for (const file of added) kept.add(factsOf(file), file.bytes);
    this.files.value = [...this.files.peek(), ...added];
    void this.#work();
  }

  /** Takes up a file from before a reload. */
  take(kept: KeptFile, bytes: Blob): void {
    if (this.#isSaid(kept.id)) return this.#deps.kept.remove(kept.id);
    this.files.value = [...this.files.peek(), { ...kept, bytes, state: "waiting", sent: 0 }];
    void this.#work();
  }

  /** Sends what has been given, the text with the last one, in answer to something the first one. */
  send({ text, replyTo }: Said): void {
    const ids = this.files.peek().filter(isSendable).map(({ id }) => id);
    ids.forEach((id, index) => {
      const said = {
        text: index === ids.length - 1 ? text : "",
        ...(index === 0 && replyTo && { replyTo }),
      };
      this.#change(id, { said });
    });
    this.#sendThose();
  }

  /** Takes a file away, wherever it is. */
  cancel(id: string): void {
    const file = this.#find(id);
    if (!file) return;
    this.#remove(id);
    this.#deps.kept.remove(id);
    this.#stops.get(id)?.abort();
    if (file.upload) this.#deps.onUnwanted(file.upload.id);
    if (file.said?.text) this.#deps.onUnsaid(file.said.text);
    this.#sendThose();
  }

  /** Brings a file again that was refused. */
  retry(id: string): void {
    if (this.#find(id)?.state !== "failed") return;
    this.#change(id, { state: "waiting", error: undefined, uploadId: undefined, sent: 0 });
    void this.#work();
  }

  /** Forgets what is now a message: the conversation's messages have changed. */
  settle(): void {
    for (const id of this.#sending) {
      const local = this.#deps.conversation.messages.find(({ clientId }) => clientId === id);
      if (local?.state === "sending") continue;
      this.#sending.delete(id);
      this.#deps.kept.remove(id);
    }
  }

  /** Stops: nobody is signed in any more, which ends what is on its way. What is kept stays. */
  close(): void {
    this.#isClosed = true;
    this.files.value = [];
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (!this.#isClosed) {
      const next = this.files.peek().find(({ state }) => state === "waiting");
      if (!next) break;
      await this.#bring(next);
      this.#sendThose();
    }
    this.#isWorking = false;
  }

  async #bring({ id, bytes, name, uploadId }: QueuedFile): Promise<void> {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    this.#change(id, { state: "going" });
    try {
      const upload = await this.#deps.conversation.upload(bytes, {
        name,
        uploadId,
        signal: stop.signal,
        onBegun: (begun) => this.#change(id, { uploadId: begun }),
        onProgress: ({ sent }) => this.#change(id, { sent }),
      });
      // Taken away at the last moment.
      if (stop.signal.aborted) return this.#deps.onUnwanted(upload.id);
      this.#change(id, { state: "there", upload, uploadId: upload.id, sent: bytes.size });
    } catch (error) {
      if (!stop.signal.aborted) this.#failed(id, error);
    } finally {
      this.#stops.delete(id);
    }
  }

  #failed(id: string, error: unknown): void {
    if (error instanceof ParleyError && LEFT.has(error.code)) return this.close();
    this.#change(id, { state: "failed", error });
    const file = this.#find(id);
    if (file) this.#deps.onRefused(file);
  }

  /** Sends, in their order, the files that are there; one that was refused holds up nobody. */
  #sendThose(): void {
    for (const { id, state, upload, said, peaks } of this.files.peek()) {
      if (!said || state === "failed") continue;
      if (!upload) return;
      this.#sending.add(id);
      this.#remove(id);
      if (this.#isSaid(id)) continue;
      this.#deps.conversation.sendUpload(upload, { ...said, clientId: id, ...waveformOf(upload, peaks) });
    }
  }

  #isSaid(id: string): boolean {
    return this.#deps.conversation.messages.some(({ clientId }) => clientId === id);
  }

  #change(id: string, change: Partial<QueuedFile>): void {
    this.files.value = this.files.peek().map((file) => file.id === id ? { ...file, ...change } : file);
    const file = this.#find(id);
    if (file && ("uploadId" in change || "said" in change)) this.#deps.kept.update(factsOf(file));
  }

  #remove(id: string): void {
    this.files.value = this.files.peek().filter((file) => file.id !== id);
  }

  #find(id: string): QueuedFile | undefined {
    return this.files.peek().find((file) => file.id === id);
  }
}

/** What is kept of a file beside its bytes. */
function factsOf({ id, conversationId, name, addedAt, uploadId, said, peaks }: QueuedFile): KeptFile {
  return { id, conversationId, name, addedAt, uploadId, said, peaks };
}

/** As many bars as a message tells of: twice as many as are shown here. */
const BARS = 96;

/** How loud a voice message is, as messages tell it; nothing where the server took it for something else. */
function waveformOf({ mimeType }: Upload, peaks: readonly number[] = []): FileOptions {
  if (peaks.length === 0 || !mimeType.startsWith("audio/")) return {};
  return { waveform: gathered(peaks, BARS).map((peak) => Math.round(100 * peak)) };
}

function isSendable({ said, state }: QueuedFile): boolean {
  return !said && state !== "failed";
}
