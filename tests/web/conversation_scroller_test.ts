import { assertEquals } from "@std/assert";
import { Scroller } from "../../src/web/conversation/scroller.ts";

const VIEW = 400;
const HEIGHT = 50;

interface Item {
  readonly key: string;
}

/** A document as far as a scroller looks at it: it scrolls by itself as a browser does, and tells so later. */
class Page {
  readonly scroller = new Scroller<Item>(() => HEIGHT, () => true, () => {});
  /** How tall items turn out to be. */
  readonly heights = new Map<string, number>();
  items: readonly Item[] = [];
  viewHeight = VIEW;
  hasEnd = true;
  #top = 0;
  #scrolled = () => {};
  #resized: ResizeObserverCallback = () => {};
  readonly #style = { height: "0px", transform: "" };
  readonly #drawn: Item[] = [];
  readonly #elements = new Map<string, unknown>();
  readonly #box: unknown;

  constructor(items: readonly Item[]) {
    this.items = items;
    this.#box = this.#makeBox();
    const drawn = Object.defineProperty({ style: this.#style }, "children", {
      get: () => this.#drawn.map((item) => this.#elementOf(item.key)),
    });
    const parts = { box: this.#box, track: { style: this.#style }, drawn };
    const tell = (callback: ResizeObserverCallback) => this.#resized = callback;
    class Observer {
      constructor(callback: ResizeObserverCallback) {
        tell(callback);
      }
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    }
    this.draw();
    this.scroller.attach(
      parts as unknown as Parameters<typeof this.scroller.attach>[0],
      Observer as unknown as typeof ResizeObserver,
    );
    this.draw();
  }

  /** What the component does: draws, and settles when it is in the document, until nothing more is to be drawn. */
  draw(): void {
    for (let round = 0; round < 3; round++) {
      const { first, last } = this.scroller.draw(this.items, this.hasEnd);
      this.#drawn.splice(0, Infinity, ...this.items.slice(first, last + 1));
      this.scroller.settle();
    }
  }

  /** The reader scrolls; the browser tells later. */
  scrollBy(pixels: number): void {
    this.#top = this.#within(this.#top + pixels);
  }

  tell(): void {
    this.#scrolled();
    this.draw();
  }

  /** The view becomes taller or lower, as when the input does. */
  resize(height: number): void {
    this.viewHeight = height;
    this.#top = this.#within(this.#top);
    this.#resized(
      [{ target: this.#box } as unknown as ResizeObserverEntry],
      null as unknown as ResizeObserver,
    );
    this.draw();
  }

  /** Where a drawn item stands in the document, from the top of the view. */
  placeOf(key: string): number {
    const index = this.#drawn.findIndex((item) => item.key === key);
    if (index < 0) throw new Error(`${key} is not drawn`);
    const offset = parseFloat(this.#style.transform.slice("translateY(".length));
    return this.#drawn.slice(0, index).reduce((top, item) => top + this.#heightOf(item.key), offset) -
      this.#top;
  }

  get drawnKeys(): string[] {
    return this.#drawn.map(({ key }) => key);
  }

  /** Pixels below the view. */
  get below(): number {
    return this.#total - this.#top - this.viewHeight;
  }

  get #total(): number {
    return parseFloat(this.#style.height);
  }

  #within(top: number): number {
    return Math.min(Math.max(top, 0), Math.max(this.#total - this.viewHeight, 0));
  }

  #heightOf(key: string): number {
    return this.heights.get(key) ?? HEIGHT;
  }

  #elementOf(key: string): unknown {
    const known = this.#elements.get(key) ?? {
      getAttribute: () => key,
      getBoundingClientRect: () => ({ height: this.#heightOf(key) }),
    };
    this.#elements.set(key, known);
    return known;
  }

  #makeBox(): unknown {
    const listen = (_: string, listener: () => void) => this.#scrolled = listener;
    return Object.defineProperties({ addEventListener: listen, removeEventListener: () => {} }, {
      scrollTop: { get: () => this.#top, set: (top: number) => this.#top = this.#within(top) },
      scrollHeight: { get: () => Math.max(this.#total, this.viewHeight) },
      clientHeight: { get: () => this.viewHeight },
    });
  }
}

const items = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ key: `k${from + i}` }));

Deno.test("a history opens at its end and draws only what is near", () => {
  const page = new Page(items(0, 5_000));
  assertEquals(page.below, 0);
  assertEquals(page.drawnKeys.at(-1), "k4999");
  assertEquals(page.drawnKeys.length < 60, true);
});

Deno.test("what comes at the end is shown to those who are there, and moves nobody else", () => {
  const page = new Page(items(0, 100));
  page.heights.set("k100", 700);
  page.items = items(0, 101);
  page.draw();
  assertEquals(page.below, 0);
  page.scrollBy(-1_500);
  page.tell();
  const before = page.placeOf("k70");
  page.items = items(0, 110);
  page.draw();
  assertEquals(page.placeOf("k70"), before);
});

Deno.test("a scroll that the browser has not told of yet is not undone by what is loaded above", () => {
  const page = new Page(items(0, 100));
  page.scrollBy(-3_000);
  page.tell();
  const before = page.placeOf("k30");
  page.scrollBy(-120);
  page.items = items(-50, 100);
  page.draw();
  assertEquals(page.placeOf("k30"), before + 120);
});

Deno.test("what is in view stays where it is when rows above turn out taller than they were thought to be", () => {
  const page = new Page(items(0, 200));
  for (const { key } of items(0, 150)) page.heights.set(key, 90);
  for (let round = 0; round < 60; round++) {
    const key = page.drawnKeys.find((drawn) => page.placeOf(drawn) >= VIEW / 2) ?? "";
    const before = page.placeOf(key);
    page.scrollBy(-100);
    page.tell();
    assertEquals(page.placeOf(key), before + 100);
  }
});

Deno.test("to go to the end leads there, also when something comes at the same moment", () => {
  const page = new Page(items(0, 100));
  page.scrollBy(-2_000);
  page.tell();
  page.scroller.hold("end");
  page.items = items(0, 101);
  page.draw();
  assertEquals(page.below, 0);
});

Deno.test("at the end one stays there when the view grows and the browser moves it", () => {
  const page = new Page(items(0, 100));
  page.resize(VIEW - 200);
  assertEquals(page.below, 0);
  page.heights.set("k100", 300);
  page.items = items(0, 101);
  page.resize(VIEW);
  page.draw();
  assertEquals(page.below, 0);
});

Deno.test("the end is not held on to while more is to be loaded below", () => {
  const page = new Page(items(0, 100));
  page.hasEnd = false;
  const before = page.placeOf("k95");
  page.items = items(0, 150);
  page.draw();
  assertEquals(page.placeOf("k95"), before);
  page.scrollBy(10);
  page.tell();
  page.items = items(0, 200);
  page.draw();
  assertEquals(page.placeOf("k95"), before - 10);
});

Deno.test("reveal() shows an item in the middle, at once or as soon as it is listed", () => {
  const page = new Page(items(0, 100));
  page.scroller.reveal("k20");
  page.draw();
  assertEquals(page.placeOf("k20"), (VIEW - HEIGHT) / 2);
  page.scroller.reveal("k-30", 0);
  page.items = items(-60, 100);
  page.draw();
  assertEquals(page.drawnKeys.includes("k-30"), true);
});

Deno.test("bringIn() moves as little as shows all of an item", () => {
  const page = new Page(items(0, 100));
  page.scroller.reveal("k50", 0);
  page.draw();
  page.scroller.bringIn("k52");
  page.draw();
  assertEquals(page.placeOf("k50"), 0);
  page.scroller.bringIn("k49");
  page.draw();
  assertEquals(page.placeOf("k49"), 0);
  page.scroller.bringIn("k60");
  page.draw();
  assertEquals(page.placeOf("k60") + HEIGHT, VIEW);
});
