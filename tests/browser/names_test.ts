import { assert, assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { say } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";
import { handOver, pictures, png, sendThose, talking, text, tray } from "./files_stage.ts";

const HIT = "canary.push(1)";

/** Names as attackers give them, and as they are shown once the server has them. */
const NAMES: readonly (readonly [name: string, shown: string])[] = [
  [`<script>${HIT}</script>`, "script_"],
  [`<img src=x onerror=${HIT}>`, `_img src=x onerror=${HIT}_`],
  [`"><svg onload=${HIT}>`, `___svg onload=${HIT}_`],
  [`' onmouseover='${HIT}`, `' onmouseover='${HIT}`],
  [`javascript:${HIT}`, `javascript_${HIT}`],
  ["{{constructor.constructor('alert(1)')()}}", "{{constructor.constructor('alert(1)')()}}"],
  ["photo\u202egnp.exe", "photognp.exe"],
  ["\u2066\u2067invoice\u2069\u200b\ufeff", "invoice"],
  ["nul\u0000byte", "nulbyte"],
  ["line\nbreak\r\ttab", "linebreaktab"],
  ["../../../etc/passwd", "passwd"],
  ["..\\..\\windows\\system.ini", "system.ini"],
  ["a".repeat(300), "a".repeat(146)],
  ["CON", "_CON"],
  ["تقرير 2026", "تقرير 2026"],
  ["%3Cscript%3E&lt;b&gt;", "%3Cscript%3E&lt;b&gt;"],
  ["__proto__", "__proto__"],
];

/** Elements and attributes that no name may bring into the page. */
const FOREIGN = "script:not([src^='/assets/']), iframe, object, embed, [onerror], [onload], [onmouseover], " +
  "svg script, img[src^='x'], a[href^='javascript']";

async function assertInert({ page }: Visitor, where: string): Promise<void> {
  assertEquals(await page.locator(FOREIGN).count(), 0, where);
  assertEquals(await page.evaluate("globalThis.canary ?? []"), [], where);
}

/** That names are isolated, so that they turn nothing around them, and keep to their place. */
async function assertContained(names: Locator, where: string): Promise<void> {
  const loose = await names.evaluateAll((all) => {
    const styleOf = Reflect.get(globalThis, "getComputedStyle") as (
      element: unknown,
    ) => { unicodeBidi: string };
    return all.filter((name) => !styleOf(name).unicodeBidi.includes("isolate")).map(({ outerHTML }) =>
      outerHTML
    );
  });
  assertEquals(loose, [], where);
  const overhang = await names.page().locator("html").evaluate((root) => root.scrollWidth - root.clientWidth);
  assertEquals(overhang, 0, where);
}

/** Opens the gallery's files, and answers their names. */
async function openGallery({ page }: Visitor): Promise<Locator> {
  await page.getByRole("button", { name: say("conversation.details"), exact: true }).click();
  await page.getByRole("button", { name: say("files.gallery_all"), exact: true }).click();
  await page.getByRole("tab", { name: say("files.gallery_others"), exact: true }).click();
  return page.getByRole("dialog").locator(".file-card-words bdi");
}

Deno.test(`${NAMES.length} hostile file names stay names: in tray, bubbles, gallery, viewer and downloads`, async () => {
  await using two = await talking({ viewport: { width: 390, height: 844 } });
  const { ann, bob } = two;
  for (const { page } of [ann, bob]) await page.evaluate("globalThis.canary = []");
  const zone = ann.page.locator(".history-box");
  for (const [name] of NAMES) await handOver(zone, "DragEvent", text(`${name}.txt`));
  const waiting = tray(ann).locator("bdi");
  await waiting.nth(NAMES.length - 1).waitFor();
  assertEquals(await waiting.allTextContents(), NAMES.map(([name]) => `${name}.txt`));
  await assertInert(ann, "tray");
  await assertContained(waiting, "tray");
  await sendThose(ann, NAMES.length);

  const shown = NAMES.map(([, name]) => `${name}.txt`);
  await bob.history.getByText(shown.at(-1) ?? "", { exact: true }).waitFor();
  const cards = bob.history.locator(".file-card-words bdi");
  const seen = await cards.allTextContents();
  assert(seen.length > 3);
  assertEquals(seen, shown.slice(-seen.length));
  await assertInert(bob, "bubbles");
  await assertContained(cards, "bubbles");

  const listed = await openGallery(bob);
  await listed.nth(NAMES.length - 1).waitFor();
  assertEquals(await listed.allTextContents(), shown.toReversed());
  await assertInert(bob, "gallery");
  await assertContained(listed, "gallery");
  for (const [at, name] of shown.toReversed().entries()) {
    // The browser lets a page save no more than ten files.
    if (at === 9) {
      await bob.page.reload();
      await openGallery(bob);
    }
    const saved = bob.page.waitForEvent("download");
    await listed.nth(at).click();
    const suggested = (await saved).suggestedFilename();
    assert(!/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(suggested), `${name} is saved as ${suggested}`);
    assert(suggested.endsWith(".txt"), `${name} is saved as ${suggested}`);
  }
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("pictures with hostile names are shown by them", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  for (const { page } of [ann, bob]) await page.evaluate("globalThis.canary = []");
  const names = NAMES.slice(0, 8);
  const zone = ann.page.locator(".history-box");
  for (const [name] of names) await handOver(zone, "DragEvent", png(`${name}.png`, 60, 40));
  await sendThose(ann, names.length);
  await pictures(bob).nth(names.length - 1).waitFor();
  await assertInert(bob, "pictures");
  const viewer = bob.page.getByRole("dialog", { name: say("files.viewer") });
  await bob.history.locator(".picture").last().click();
  for (const [, name] of names.toReversed()) {
    const caption = viewer.locator(".viewer-name");
    await viewer.getByText(`${name}.png`, { exact: true }).waitFor();
    await assertContained(caption, "viewer");
    const image = viewer.locator(".viewer-box img");
    await image.waitFor();
    assert((await image.getAttribute("alt"))?.includes(`${name}.png`));
    await assertInert(bob, "viewer");
    await bob.page.keyboard.press("ArrowLeft");
  }
  for (const visitor of [ann, bob]) visitor.assertCalm();
});
