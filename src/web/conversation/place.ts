import type { Heights, Keyed } from "./heights.ts";

/**
 * What stays where it is when heights change or things are added: the end of the list, or an item whose top is kept
 * `delta` pixels above the top of the view (below it when negative).
 */
export type Anchor = "end" | { readonly key: string; readonly delta: number };

/** Items from `first` to `last`, both included; none when `last` is smaller. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What is shown of a list: the height of the view, and how far it is scrolled. */
export interface View {
  readonly top: number;
  readonly height: number;
}

/** What of a list's heights is asked here. */
export type Layout = Pick<
  Heights<Keyed>,
  "length" | "total" | "heightOf" | "indexAt" | "indexOf" | "offsetOf"
>;

/** How near to the end counts as the end. */
const END_SLACK = 32;

/** The items within `margin` pixels of the view. */
export function rangeOf(heights: Layout, { top, height }: View, margin: number): Range {
  if (heights.length === 0) return { first: 0, last: -1 };
  return { first: heights.indexAt(top - margin), last: heights.indexAt(top + height + margin) };
}

/** Whether a range still holds everything within `margin` pixels of the view. */
export function covers(range: Range, heights: Layout, view: View, margin: number): boolean {
  const needed = rangeOf(heights, view, margin);
  return range.first <= needed.first && range.last >= Math.min(needed.last, heights.length - 1);
}

/** How far an anchor wants the view to be scrolled, within what can be scrolled; `undefined` without its item. */
export function topOf(anchor: Anchor, heights: Layout, height: number): number | undefined {
  const most = Math.max(heights.total - height, 0);
  if (anchor === "end") return most;
  const index = heights.indexOf(anchor.key);
  if (index < 0) return undefined;
  return Math.min(Math.max(heights.offsetOf(index) + anchor.delta, 0), most);
}

/** Whether the end is in view. */
export function isAtEnd(heights: Layout, { top, height }: View): boolean {
  return top + height >= heights.total - END_SLACK;
}

/**
 * What a view should hold on to: the end when it is there and may be held, else an item in its upper half that has a
 * key to be held by. Not the first one: that may be the first of all, which changes when others come before it.
 */
export function anchorOf(
  heights: Layout,
  keyAt: (index: number) => string | undefined,
  view: View,
  holdsEnd = true,
): Anchor {
  if (holdsEnd && isAtEnd(heights, view)) return "end";
  let index = heights.indexAt(view.top + view.height / 3);
  while (index < heights.length - 1 && keyAt(index) === undefined) index++;
  return { key: keyAt(index) ?? "", delta: view.top - heights.offsetOf(index) };
}

/** The anchor that shows an item `ratio` of the free space below the top of the view; tall ones begin at the top. */
export function anchorFor(heights: Layout, key: string, height: number, ratio: number): Anchor {
  const free = Math.max(height - heights.heightOf(heights.indexOf(key)), 0);
  return { key, delta: -free * ratio };
}
