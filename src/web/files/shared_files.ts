import { computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { FileFacts } from "./facts.ts";
import type { SharedFile } from "./shared.ts";

/** A page of files of one kind, the newest first. */
export interface SharedPage {
  readonly files: readonly SharedFile[];
  /** Leads to the next page; `null` after the last one. */
  readonly next: string | null;
}

/** Loads the page of a cursor, or the first one. */
export type LoadShared = (kind: FileFacts["kind"], cursor: string | undefined) => Promise<SharedPage>;

/** As far as the files of one kind are loaded. */
interface Stretch extends SharedPage {
  readonly kind: FileFacts["kind"];
}

/** The files of some kinds that were shared in a conversation, as far as they are loaded. */
export class SharedFiles {
  /** The newest first, of all kinds. */
  readonly files: ReadonlySignal<readonly SharedFile[]> = computed(() => merged(this.#stretches.value).files);
  readonly #load: LoadShared;
  readonly #stretches = signal<readonly Stretch[]>([]);
  readonly #state = signal<"still" | "loading" | "failed">("still");
  /** Something has changed while it was loading. */
  #isStale = false;

  constructor(kinds: readonly FileFacts["kind"][], load: LoadShared) {
    this.#load = load;
    this.#stretches.value = kinds.map((kind) => ({ kind, files: [], next: "" }));
  }

  /** Whether more is being loaded, could not be, or is still to come. */
  get state(): "loading" | "failed" | "more" | "whole" {
    const state = this.#state.value;
    if (state !== "still") return state;
    return this.#stretches.value.some(({ next }) => next !== null) ? "more" : "whole";
  }

  /** Loads what comes next. Does not reject. */
  async more(): Promise<void> {
    if (this.state === "loading" || this.state === "whole") return;
    const wanted = merged(this.#stretches.peek()).wanted;
    await this.#loading(wanted.map((stretch) => this.#page(stretch)));
  }

  /** Takes in a file that was shared just now, if it is of these kinds. */
  add(shared: SharedFile): void {
    this.#change(shared.file.kind, ({ files }) => {
      return files.some(({ messageId }) => messageId === shared.messageId)
        ? {}
        : { files: [shared, ...files] };
    });
  }

  /** Takes away the files of messages that are gone. */
  remove(messageIds: ReadonlySet<string>): void {
    const stretches = this.#stretches.peek();
    const isGone = ({ messageId }: SharedFile) => messageIds.has(messageId);
    if (!stretches.some(({ files }) => files.some(isGone))) return;
    this.#stretches.value = stretches.map((stretch) => ({
      ...stretch,
      files: stretch.files.filter((shared) => !isGone(shared)),
    }));
  }

  /** Looks once more at the newest ones: what is gone of them goes, what is new comes. Does not reject. */
  async refresh(): Promise<void> {
    this.#isStale = this.state === "loading";
    if (this.#isStale) return;
    const begun = this.#stretches.peek().filter(({ next }) => next !== "");
    await this.#loading(begun.map(async ({ kind }) => {
      const page = await this.#load(kind, undefined);
      this.#change(kind, (stretch) => renewed(stretch, page));
    }));
  }

  async #page({ kind, next }: Stretch): Promise<void> {
    const page = await this.#load(kind, next || undefined);
    this.#change(kind, ({ files }) => {
      const known = new Set(files.map(({ messageId }) => messageId));
      const fresh = page.files.filter(({ messageId }) => !known.has(messageId));
      return { files: [...files, ...fresh], next: page.next };
    });
  }

  async #loading(work: readonly Promise<void>[]): Promise<void> {
    this.#state.value = "loading";
    const done = await Promise.allSettled(work);
    this.#state.value = done.some(({ status }) => status === "rejected") ? "failed" : "still";
    if (this.#isStale) await this.refresh();
  }

  #change(kind: FileFacts["kind"], change: (stretch: Stretch) => Partial<SharedPage>): void {
    this.#stretches.value = this.#stretches.peek().map((stretch) =>
      stretch.kind === kind ? { ...stretch, ...change(stretch) } : stretch
    );
  }
}

/** A stretch whose newest part is known anew. What lies beyond that part stays, where the two still meet. */
function renewed({ files, next }: Stretch, page: SharedPage): SharedPage {
  const last = page.files.at(-1)?.messageId;
  const meets = files.findIndex(({ messageId }) => messageId === last);
  const beyond = meets < 0 || page.next === null ? [] : files.slice(meets + 1);
  return { files: [...page.files, ...beyond], next: beyond.length === 0 ? page.next : next };
}

/**
 * The files of all stretches, the newest first, as far down as every stretch is known; and the stretches that are to
 * be loaded before it can go on.
 */
function merged(stretches: readonly Stretch[]): {
  readonly files: readonly SharedFile[];
  readonly wanted: readonly Stretch[];
} {
  const files: SharedFile[] = [];
  const left = stretches.map((stretch) => ({ stretch, at: 0 }));
  for (;;) {
    const wanted = left.filter(({ stretch, at }) => at === stretch.files.length && stretch.next !== null);
    if (wanted.length > 0) return { files, wanted: wanted.map(({ stretch }) => stretch) };
    const heads = left.filter(({ stretch, at }) => at < stretch.files.length);
    const newest = heads.reduce<typeof heads[number] | undefined>((one, other) => {
      return one && timeOf(one) >= timeOf(other) ? one : other;
    }, undefined);
    const shared = newest?.stretch.files[newest.at];
    if (!newest || !shared) return { files, wanted: [] };
    files.push(shared);
    newest.at++;
  }
}

function timeOf({ stretch, at }: { readonly stretch: Stretch; readonly at: number }): string {
  return stretch.files[at]?.at ?? "";
}
