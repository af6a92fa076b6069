import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { seriousViolations } from "../support/axe.ts";
import { CUT, say } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";
import { wave } from "../support/sounds.ts";
import {
  handOver,
  keptIn,
  pick,
  pictures,
  png,
  sendThose,
  talking,
  text,
  tray,
  until,
} from "./files_stage.ts";

/** Lets the first part of a visitor's files through, and holds up the others until the answer is called. */
async function holdUp({ page }: Visitor): Promise<() => void> {
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  let parts = 0;
  await page.route("**/api/uploads/tus/*", async (route) => {
    if (route.request().method() === "PATCH" && ++parts > 1) await goesOn;
    await route.continue().catch(() => {}); // the page is gone
  });
  return goOn;
}

Deno.test("pictures and files that are picked arrive at the other one, with the text, in their order", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await pick(ann, png(), text("report.txt"));
  await tray(ann).getByText(say("files.there")).nth(1).waitFor();
  await ann.composer.fill("The light was lovely");
  await ann.composer.press("Enter");
  await pictures(bob).waitFor();
  const names = bob.history.getByRole("article");
  await bob.message("The light was lovely").getByText("report.txt").waitFor();
  assertEquals(await names.count(), 2);
  assertEquals(await names.first().locator(".picture").count(), 1);
  await pictures(ann).waitFor();
  await tray(ann).waitFor({ state: "detached" });
  assertEquals(await ann.composer.inputValue(), "");
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("a picture keeps its place free before it comes, so that nothing moves", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await bob.page.route("**/api/uploads/*/content*", (route) => route.abort());
  await bob.page.route("**/api/uploads/*/thumbnail*", (route) => route.abort());
  await pick(ann, png("wide.png", 400, 100));
  await sendThose(ann, 1);
  await pictures(ann).waitFor();
  const box = bob.history.locator(".picture");
  await box.waitFor();
  const [empty, full] = [await box.boundingBox(), await ann.history.locator(".picture").boundingBox()];
  assertEquals([empty?.width, empty?.height], [full?.width, full?.height]);
  // What stands in its place.
  await bob.history.locator("canvas.blurhash").waitFor();
});

Deno.test("a picture that is dropped and one that is pasted are sent", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await handOver(ann.page.locator(".history-box"), "DragEvent", png("dropped.png"));
  await tray(ann).getByText("dropped.png", { exact: true }).waitFor();
  await handOver(ann.composer, "ClipboardEvent", png("image.png", 300, 300));
  await tray(ann).getByText(`${say("files.pasted")}.png`, { exact: true }).waitFor();
  await sendThose(ann, 2);
  await pictures(bob).nth(1).waitFor();
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("the other one sees how far a file is, and a line that is cut in the middle goes on", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  const goOn = await holdUp(ann);
  await pick(ann, text("long.txt", 2_000_000));
  const bar = bob.page.getByRole("progressbar", { name: say("files.arriving_progress") });
  await bob.page.getByText(say("files.arriving_one", { name: "ann Example" })).waitFor();
  assert(Number(await bar.getAttribute("value")) < 100);
  const share = tray(ann).getByRole("progressbar");
  await until(async () => Number(await share.getAttribute("value")) > 0);
  const cut = ann.page.waitForEvent("requestfailed", (request) => request.url().includes("/tus/"));
  await ann.context.setOffline(true);
  goOn();
  await cut;
  await ann.composer.press("Enter");
  await ann.context.setOffline(false);
  await bob.message("long.txt").waitFor();
  await bar.waitFor({ state: "detached" });
  ann.assertCalm(CUT);
  bob.assertCalm();
});

Deno.test("files that wait are there again after a reload, go on, and are sent once", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  const goOn = await holdUp(ann);
  await pick(ann, text("long.txt", 2_000_000), png());
  const share = tray(ann).getByRole("progressbar").first();
  await until(async () => Number(await share.getAttribute("value")) > 0);
  await ann.composer.fill("Here it is");
  await ann.composer.press("Enter");
  await ann.page.reload();
  await tray(ann).getByText("long.txt", { exact: true }).waitFor();
  goOn();
  await bob.message("Here it is").waitFor();
  await bob.message("long.txt").waitFor();
  await tray(ann).waitFor({ state: "detached" });
  await pictures(ann).waitFor();
  await ann.page.reload();
  await pictures(ann).waitFor();
  assertEquals(await bob.history.getByRole("article").count(), 2);
  assertEquals(await tray(ann).count(), 0);
  ann.assertCalm(CUT);
});

Deno.test("what is not sent yet waits in the tray after a reload, and can be taken away", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await pick(ann, png());
  await tray(ann).getByText(say("files.there")).waitFor();
  await ann.page.reload();
  await tray(ann).getByText(say("files.there")).waitFor();
  await tray(ann).getByRole("button", { name: say("files.cancel", { name: "harbour.png" }) }).click();
  await tray(ann).waitFor({ state: "detached" });
  await until(async () => (await keptIn(ann.page, "parley-files")).length === 0);
  await ann.page.reload();
  await ann.send("Never mind");
  await bob.message("Never mind").waitFor();
  assertEquals([await tray(ann).count(), await bob.history.getByRole("article").count()], [0, 1]);
  ann.assertCalm();
});

Deno.test("a file that is refused says why, and holds up neither text nor others", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await pick(
    ann,
    { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") },
    { name: "fake.png", mimeType: "image/png", buffer: Buffer.from("not a picture") },
    { name: "nothing.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
    png(),
  );
  for (const why of ["files.not_allowed", "files.mismatch", "files.empty"] as const) {
    await tray(ann).getByText(say(why), { exact: true }).waitFor();
  }
  await ann.composer.fill("One of four");
  await sendThose(ann, 1);
  await bob.message("One of four").locator(".picture").waitFor();
  for (const name of ["drawing.svg", "fake.png", "nothing.txt"]) {
    await tray(ann).getByRole("button", { name: say("files.cancel", { name }) }).click();
  }
  await tray(ann).waitFor({ state: "detached" });
  ann.assertCalm(/status of 4(00|15)/);
});

Deno.test("names that want to be markup, or to turn the words around them, are names", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  const names = ["<img src=x onerror=alert(1)>.txt", "\u202Efdp.exe.txt", "javascript:alert(1).txt"];
  for (const name of names) await pick(ann, text(name));
  await tray(ann).locator("bdi").nth(2).waitFor();
  assertEquals(await tray(ann).locator("bdi").allTextContents(), names);
  await sendThose(ann, 3);
  const cards = bob.history.locator(".file-card-words bdi");
  await cards.nth(2).waitFor();
  assertEquals(await cards.allTextContents(), [
    "_img src=x onerror=alert(1)_.txt",
    "fdp.exe.txt",
    "javascript_alert(1).txt",
  ]);
  for (const visitor of [ann, bob]) assertEquals(await visitor.page.locator("img").count(), 0);
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("the keyboard alone opens pictures, goes from one to the other, looks closer, saves and returns", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await pick(ann, png("one.png"), png("two.png", 300, 900), png("three.png", 900, 300));
  await sendThose(ann, 3);
  await pictures(bob).nth(2).waitFor();
  const { page } = bob;
  const viewer = page.getByRole("dialog", { name: say("files.viewer") });
  const place = (number: number) => viewer.getByText(say("files.place", { place: number, count: 3 }));
  await bob.history.getByRole("article").nth(0).focus();
  await page.keyboard.press("o");
  await place(1).waitFor();
  await page.keyboard.press("ArrowRight");
  await place(2).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await place(3).waitFor();
  await viewer.locator(".viewer-box img").waitFor();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await viewer.locator(".viewer-zoomed").waitFor();
  const transform = () => viewer.locator(".viewer-box img").evaluate((image) => image.style.transform);
  const before = await transform();
  await page.keyboard.press("Shift+ArrowLeft");
  await until(async () => before !== await transform());
  await page.keyboard.press("0");
  await viewer.locator(".viewer-zoomed").waitFor({ state: "detached" });
  const saved = page.waitForEvent("download");
  await page.keyboard.press("d");
  assert((await saved).suggestedFilename().length > 0);
  await page.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
  await bob.history.getByRole("article").nth(0).and(page.locator(":focus")).waitFor();
  bob.assertCalm();
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`tray, pictures, viewer and details keep nobody out: ${colorScheme}`, async () => {
    await using two = await talking({ colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    const { ann } = two;
    const look = async (what: string) => assertEquals(await seriousViolations(ann.page), [], what);
    await ann.send("Here they are");
    await ann.message("Here they are").waitFor();
    await pick(ann, png("one.png"), text("report.txt"), {
      ...{ name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") },
    });
    await tray(ann).getByText(say("files.not_allowed"), { exact: true }).waitFor();
    await look("tray");
    await sendThose(ann, 2);
    await pick(ann, { name: "waves.wav", mimeType: "audio/wav", buffer: wave(1) });
    await sendThose(ann, 1);
    await pictures(ann).waitFor();
    await ann.history.locator("audio").waitFor();
    await look("history");
    await ann.history.locator(".picture").click();
    await ann.page.locator(".viewer-box img").waitFor();
    await look("viewer");
    await ann.page.keyboard.press("Escape");
    await ann.page.getByRole("button", { name: say("conversation.details") }).click();
    await ann.page.locator(".gallery-latest img.picture-there").waitFor();
    await look("details");
    await ann.page.locator(".gallery-latest button").click();
    await ann.page.getByRole("dialog", { name: say("files.viewer") }).waitFor();
  });
}
