import { signal } from "@preact/signals";
import type { Conversation, LocalMessage, MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { toast } from "../ui/mod.ts";
import { estimateOf } from "./estimate.ts";
import type { Anchor } from "./place.ts";
import { keyOf, rowOfSeq, seqOf } from "./rows.ts";
import type { Row } from "./rows.ts";
import { Scroller } from "./scroller.ts";

/** What floats above the history. */
export type Floating =
  | { readonly kind: "actions"; readonly key: string; readonly at: DOMRect }
  | { readonly kind: "emoji"; readonly at: DOMRect; readonly onPick: (emoji: string) => void };

/** What is asked or told in a dialog. */
export type Asked =
  | { readonly kind: "delete" | "details"; readonly local: LocalMessage }
  | { readonly kind: "pinned" };

const HIGHLIGHT_MS = 2_000;
const AT_ONCE = 50;

/** Where each conversation was left on this page. */
const left = new Map<string, Anchor>();

/** What one look at a conversation shows and has begun; another one begins anew, where this one was left. */
export class Stage {
  readonly conversation: Conversation;
  readonly userId: string;
  readonly scroller = new Scroller<Row>(estimateOf, (row) => seqOf(row) > 0, () => this.#moved());
  /** What is being answered. */
  readonly replyTo = signal<MessageView | undefined>(undefined);
  /** What is being changed. */
  readonly editing = signal<MessageView | undefined>(undefined);
  readonly floating = signal<Floating | undefined>(undefined);
  readonly asked = signal<Asked | undefined>(undefined);
  /** The key of the row under the pointer, or with the focus in it. */
  readonly pointed = signal<string | undefined>(undefined);
  /** The key of the row that was jumped to. */
  readonly highlighted = signal<string | undefined>(undefined);
  /** What is looked for; `undefined` while nothing is. */
  readonly search = signal<string | undefined>(undefined);
  /** The last place that was read before what is new; `undefined` while nothing is. */
  readonly readUpTo = signal<number | undefined>(undefined);
  /** How many messages were new when the conversation was opened, until their beginning has been seen. */
  readonly missed = signal(0);
  /** Which end is being loaded, and which could not be. */
  readonly loading = signal<"older" | "newer" | "around" | undefined>(undefined);
  readonly failed = signal(false);
  /** Whether the focus is in the history, and the row that it was on last. */
  isInside = false;
  activeKey: string | undefined;
  /** The rows as last laid out. */
  rows: readonly Row[] = [];
  /** Puts the caret into the input. */
  focusInput: () => void = () => {};
  readonly #onSeen: (seq: number) => void;
  #fading: ReturnType<typeof setTimeout> | undefined;

  /** `onSeen` is told the place of the last message in view, whenever that may have changed. */
  constructor(conversation: Conversation, userId: string, onSeen: (seq: number) => void) {
    this.conversation = conversation;
    this.userId = userId;
    this.#onSeen = onSeen;
    const { unread, lastReadSeq } = conversation.view;
    if (unread === 0) return;
    this.readUpTo.value = lastReadSeq;
    this.missed.value = unread;
  }

  /** Goes where the conversation was left, else to the first new message, if that is loaded, else to the end. */
  enter(): void {
    const anchor = left.get(this.conversation.id);
    if (anchor && anchor !== "end") return this.scroller.hold(anchor);
    const { messages, view } = this.conversation;
    const first = messages.find(({ message }) => message.seq > view.lastReadSeq);
    const before = messages[0]?.message.seq ?? Infinity;
    if (view.unread > 0 && first && before <= view.lastReadSeq + 1) this.scroller.reveal("unread", 0.25);
  }

  /** Keeps the place for the next look. */
  leave(): void {
    left.set(this.conversation.id, this.scroller.anchor);
  }

  /** Shows the message of a place in the middle, loading what lies around it unless it is there. */
  async goTo(seq: number): Promise<void> {
    const { messages } = this.conversation;
    const isLoaded = (messages[0]?.message.seq ?? Infinity) <= seq &&
      messages.some(({ message }) => message.seq >= seq);
    if (!isLoaded) await this.#load("around", () => this.conversation.loadAround(seq));
    const found = this.conversation.messages.find(({ message }) => message.seq >= seq);
    if (found) this.show(keyOf(found));
    else if (!this.failed.value) toast(t("conversation.gone"));
  }

  /** Shows a row in the middle, and points it out for a moment. */
  show(key: string): void {
    this.scroller.reveal(key);
    this.highlighted.value = key;
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => this.highlighted.value = undefined, HIGHLIGHT_MS);
  }

  /** Shows what is new from its beginning on. */
  async toUnread(): Promise<void> {
    const { lastReadSeq } = this.conversation.view;
    this.missed.value = 0;
    await this.goTo((this.readUpTo.value ?? lastReadSeq) + 1);
    this.scroller.reveal("unread", 0.1);
  }

  /** Shows the newest messages, and what comes after them. */
  async toNewest(): Promise<void> {
    if (this.conversation.hasNewer) await this.#load("newer", () => this.conversation.loadNewest());
    if (!this.conversation.hasNewer) this.scroller.hold("end");
  }

  /** Loads the newest messages where there are none. */
  async reload(): Promise<void> {
    await this.#load("around", () => this.conversation.loadNewest());
  }

  /** Tells again what is in view: the page may be looked at again. */
  look(): void {
    const { first, last } = this.scroller.visible;
    if (this.missed.value > 0 && this.#isBeyond(first)) this.missed.value = 0;
    for (let index = last; index >= first; index--) {
      const row = this.rows[index];
      const seq = row ? seqOf(row) : 0;
      if (seq > 0) return this.#onSeen(seq);
    }
  }

  /** The row after or before another that the keyboard can be on. */
  neighbour(key: string | undefined, step: 1 | -1): Row | undefined {
    const at = this.rows.findIndex((row) => row.key === key);
    for (let index = at + step; index >= 0 && index < this.rows.length; index += step) {
      const row = this.rows[index];
      if (row?.kind === "message") return row;
    }
    return undefined;
  }

  /** The row of a place, if it is loaded. */
  rowAt(seq: number): Row | undefined {
    return rowOfSeq(this.rows, seq);
  }

  /** Whether what is new begins in view or below it. */
  #isBeyond(first: number): boolean {
    const begins = this.rows.findIndex(({ kind }) => kind === "unread");
    return begins >= first;
  }

  #moved(): void {
    this.look();
    if (this.loading.value || this.failed.value || this.rows.length === 0) return;
    const { above, below } = this.scroller.beyond;
    const { conversation } = this;
    if (conversation.hasOlder && above < 1_500) {
      void this.#load("older", () => conversation.loadOlder(AT_ONCE));
    } else if (conversation.hasNewer && below < 1_500) {
      void this.#load("newer", () => conversation.loadNewer(AT_ONCE));
    }
  }

  async #load(what: "older" | "newer" | "around", load: () => Promise<void>): Promise<void> {
    this.loading.value = what;
    this.failed.value = false;
    try {
      await load();
    } catch {
      this.failed.value = true;
    } finally {
      this.loading.value = undefined;
    }
  }

  /** Goes on after loading has failed: the line is back, or the reader asks for it. */
  tryAgain(): void {
    this.failed.value = false;
    if (this.rows.length === 0) void this.reload();
    else this.#moved();
  }
}
