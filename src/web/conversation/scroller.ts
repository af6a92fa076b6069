import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Keyed } from "./heights.ts";
import { Heights } from "./heights.ts";
import type { Anchor, Range, View } from "./place.ts";
import { anchorFor, anchorOf, covers, isAtEnd, rangeOf, topOf } from "./place.ts";

/** Pixels beyond the view that must be drawn, and how many are drawn at once. */
const NEAR = 400;
const FAR = 1_000;

/** The height of the view until it is known. */
const FIRST_VIEW = 800;

/** The elements that a scroller works on: what scrolls, in it the track as tall as the list, in that the drawn part. */
export interface Parts {
  readonly box: HTMLElement;
  readonly track: HTMLElement;
  /** Its children are the drawn items in order, each with its key as `data-key`. */
  readonly drawn: HTMLElement;
}

/**
 * Moves a long list through a small number of elements. Heights are measured as elements come; what is in view stays
 * where it is when anything around it is added, removed or turns out taller. The component draws what `draw()` says
 * and calls `settle()` once that is in the document.
 */
export class Scroller<T extends Keyed> {
  readonly #heights: Heights<T>;
  readonly #redraw = signal(0);
  readonly #isAtEnd = signal(true);
  readonly #isFixed: (item: T) => boolean;
  readonly #onMove: () => void;
  #items: readonly T[] = [];
  #range: Range = { first: 0, last: -1 };
  #anchor: Anchor = "end";
  #hasEnd = true;
  /** Where the view is to be, and where the document has it as far as known. */
  #top = 0;
  #shown = 0;
  #height = FIRST_VIEW;
  #parts: Parts | undefined;
  #observer: ResizeObserver | undefined;
  #observed = new Set<Element>();

  /**
   * `isFixed`: whether an item stays beside its neighbours when others come, so that it can be held on to. `onMove`
   * is told whenever another part of the list may have come into view.
   */
  constructor(estimate: (item: T) => number, isFixed: (item: T) => boolean, onMove: () => void) {
    this.#heights = new Heights(estimate);
    this.#isFixed = isFixed;
    this.#onMove = onMove;
  }

  /** Whether the end is in view, and new items will keep it there. */
  get isAtEnd(): ReadonlySignal<boolean> {
    return this.#isAtEnd;
  }

  /** What is held on to; given to `hold()` it leads back here. */
  get anchor(): Anchor {
    return this.#anchor;
  }

  /** The first and the last item that can be seen. */
  get visible(): Range {
    return rangeOf(this.#heights, { top: this.#top, height: this.#height - 1 }, 0);
  }

  /** Pixels of the list above the view, and below it. */
  get beyond(): { readonly above: number; readonly below: number } {
    return { above: this.#top, below: this.#heights.total - this.#top - this.#height };
  }

  /** Works with these elements until the answer is called. */
  attach(parts: Parts, Observer = ResizeObserver): () => void {
    this.#parts = parts;
    this.#observer = new Observer((entries) => this.#resized(entries));
    this.#height = parts.box.clientHeight;
    this.#observer.observe(parts.box);
    const scrolled = () => this.#scrolled();
    parts.box.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      parts.box.removeEventListener("scroll", scrolled);
      this.#observer?.disconnect();
      this.#observed.clear();
      this.#parts = undefined;
    };
  }

  /** What to draw of `items`. `hasEnd`: nothing is left to be loaded below, so that the end can be held on to. */
  draw(items: readonly T[], hasEnd: boolean): Range {
    this.#redraw.value;
    this.#hasEnd = hasEnd;
    if (items !== this.#items) {
      this.#catchUp();
      if (!hasEnd && this.#anchor === "end" && this.#items.length > 0) this.#anchor = this.#anchorHere();
      this.#items = items;
      this.#heights.list(items);
      this.#follow();
      this.#range = rangeOf(this.#heights, this.#view, FAR);
    } else if (!covers(this.#range, this.#heights, this.#view, NEAR)) {
      this.#range = rangeOf(this.#heights, this.#view, FAR);
    }
    return this.#range;
  }

  /** Measures what is new in the document and puts everything in its place, before it is painted. */
  settle(): void {
    const { drawn } = this.#parts ?? {};
    if (!drawn) return;
    const present = new Set(drawn.children);
    for (const gone of this.#observed) if (!present.has(gone)) this.#observer?.unobserve(gone);
    for (const element of present) {
      if (this.#observed.has(element)) continue;
      this.#observer?.observe(element);
      this.#measure(element, element.getBoundingClientRect().height);
    }
    this.#observed = present;
    this.#place();
  }

  /** Holds on to something, at once or as soon as it is listed. */
  hold(anchor: Anchor): void {
    this.#catchUp();
    this.#anchor = anchor;
    this.#follow();
    this.#redraw.value++;
  }

  /** Shows an item `ratio` of the free space below the top of the view: 0 at the top, 0.5 in the middle. */
  reveal(key: string, ratio = 0.5): void {
    this.hold(anchorFor(this.#heights, key, this.#height, ratio));
  }

  /** Moves as little as shows all of an item. */
  bringIn(key: string): void {
    const index = this.#heights.indexOf(key);
    if (index < 0) return;
    const [top, bottom] = [this.#heights.offsetOf(index), this.#heights.offsetOf(index + 1)];
    if (top < this.#top) this.hold({ key, delta: 0 });
    else if (bottom > this.#top + this.#height) this.hold({ key, delta: bottom - top - this.#height });
  }

  get #view(): View {
    return { top: this.#top, height: this.#height };
  }

  /** The view goes where its anchor is. */
  #follow(): void {
    const most = Math.max(this.#heights.total - this.#height, 0);
    this.#top = topOf(this.#anchor, this.#heights, this.#height) ?? Math.min(this.#top, most);
  }

  #scrolled(): void {
    if (this.#catchUp()) this.#moved();
  }

  /** Takes note of where the reader has scrolled, also before the browser tells; whether that is elsewhere. */
  #catchUp(): boolean {
    const { box } = this.#parts ?? {};
    if (!box || Math.abs(box.scrollTop - this.#shown) < 1) return false;
    this.#shown = box.scrollTop;
    // A view that grows at the end is moved by the browser.
    const isPushed = box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
    if (this.#anchor === "end" && isPushed) return false;
    this.#top = box.scrollTop;
    this.#anchor = this.#anchorHere();
    return true;
  }

  #anchorHere(): Anchor {
    return anchorOf(this.#heights, (index) => this.#keyAt(index), this.#view, this.#hasEnd);
  }

  /** The key of an item, if that item stays beside its neighbours whatever else is listed. */
  #keyAt(index: number): string | undefined {
    const item = this.#items[index];
    return item && this.#isFixed(item) ? item.key : undefined;
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    const hasMoved = this.#catchUp();
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      if (target === this.#parts?.box) {
        changed ||= this.#height !== target.clientHeight;
        this.#height = target.clientHeight;
      } else if (this.#measure(target, borderBoxSize[0]?.blockSize ?? 0)) changed = true;
    }
    if (changed) this.#place();
    else if (hasMoved) this.#moved();
  }

  #measure(element: Element, height: number): boolean {
    const key = element.getAttribute("data-key");
    return key !== null && height > 0 && this.#heights.measure(key, height);
  }

  #place(): void {
    const { box, track, drawn } = this.#parts ?? {};
    if (!box || !track || !drawn) return;
    this.#follow();
    // A list that is shorter than the view lies at its bottom, where the input is.
    const free = Math.max(this.#height - this.#heights.total, 0);
    const offset = free + this.#heights.offsetOf(this.#range.first);
    track.style.height = `${free + this.#heights.total}px`;
    drawn.style.transform = `translateY(${offset}px)`;
    if (Math.abs(box.scrollTop - this.#top) >= 1) box.scrollTop = this.#top;
    this.#shown = box.scrollTop;
    this.#moved();
  }

  #moved(): void {
    this.#isAtEnd.value = this.#hasEnd && isAtEnd(this.#heights, this.#view);
    if (!covers(this.#range, this.#heights, this.#view, NEAR)) this.#redraw.value++;
    this.#onMove();
  }
}
