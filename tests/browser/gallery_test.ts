import { assert, assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { seriousViolations } from "../support/axe.ts";
import { say } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";
import { wave } from "../support/sounds.ts";
import { film, pick, pictures, png, sendThose, share, talking, text, until } from "./files_stage.ts";

const gallery = ({ page }: Visitor): Locator => page.getByRole("dialog", { name: say("files.gallery") });
const tiles = (visitor: Visitor): Locator => gallery(visitor).locator(".tile");
const viewerOf = ({ page }: Visitor): Locator => page.getByRole("dialog", { name: say("files.viewer") });

async function openGallery(visitor: Visitor): Promise<void> {
  await visitor.page.getByRole("button", { name: say("conversation.details"), exact: true }).click();
  await visitor.page.getByRole("button", { name: say("files.gallery_all"), exact: true }).click();
  await gallery(visitor).waitFor();
}

async function turnTo(visitor: Visitor, tab: "seen" | "heard" | "others"): Promise<void> {
  await gallery(visitor).getByRole("tab", { name: say(`files.gallery_${tab}`), exact: true }).click();
}

Deno.test("the gallery shows everything that was shared, by kinds, the latest first, as far as one scrolls", async () => {
  await using two = await talking();
  const { bob } = two;
  const names = Array.from({ length: 70 }, (_, at) => `picture ${at}.png`);
  await share(two, ...names.map((name) => png(name, 20, 20)));
  await share(two, { name: "waves.wav", mimeType: "audio/wav", buffer: wave(1) }, text("report.txt"));
  await openGallery(bob);
  await tiles(bob).nth(59).waitFor();
  const labels = () => tiles(bob).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  await tiles(bob).last().scrollIntoViewIfNeeded();
  await tiles(bob).nth(69).waitFor();
  const shown = await labels();
  assertEquals(shown.length, 70);
  names.reverse().forEach((name, at) =>
    assert(shown[at]?.startsWith(`${name}, from ann Example`), shown[at] ?? "")
  );
  await turnTo(bob, "heard");
  await gallery(bob).getByText("waves.wav", { exact: true }).waitFor();
  await gallery(bob).locator("audio").waitFor();
  await bob.page.keyboard.press("ArrowRight");
  await gallery(bob).getByText("report.txt", { exact: true }).waitFor();
  const saved = bob.page.waitForEvent("download");
  await gallery(bob).getByText("report.txt", { exact: true }).click();
  assertEquals((await saved).suggestedFilename(), "report.txt");
  assertEquals(await tiles(bob).count(), 0);
  bob.assertCalm();
});

Deno.test("what is shared and deleted comes and goes at once, also far from what is loaded", async () => {
  await using two = await talking();
  const { ann, bob, stage, users: [annUser], groupId } = two;
  const [old] = await share(two, png("old.png"));
  for (let at = 0; at < 120; at++) await stage.rest.send(annUser, groupId, `Word ${at}`);
  await share(two, png("new.png"));
  await bob.page.reload();
  await bob.message("Word 119").waitFor();
  await openGallery(bob);
  await tiles(bob).nth(1).waitFor();
  await pick(ann, png("newest.png"), text("report.txt"));
  await sendThose(ann, 2);
  const label = (name: string) => gallery(bob).getByRole("button", { name: new RegExp(`^${name}, `) });
  await label("newest.png").waitFor();
  assertEquals(await tiles(bob).count(), 3);
  await stage.rest.ok(annUser, `DELETE /api/messages/${old?.messageId}`);
  await label("old.png").waitFor({ state: "detached" });
  await turnTo(bob, "others");
  const report = gallery(bob).getByText("report.txt", { exact: true });
  await report.waitFor();
  await ann.message("report.txt").focus();
  await ann.page.keyboard.press("Enter");
  await ann.page.getByRole("menuitem", { name: say("message.delete"), exact: true }).click();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: say("message.delete") }).click();
  await report.waitFor({ state: "detached" });
  await gallery(bob).getByText(say("files.gallery_none_others")).waitFor();
  bob.assertCalm();
});

Deno.test("a picture of the gallery is looked at among all others, and leads to its message", async () => {
  await using two = await talking();
  const { bob, stage, users: [annUser], groupId } = two;
  await share(two, png("first.png"), await film(bob));
  for (let at = 0; at < 120; at++) await stage.rest.send(annUser, groupId, `Word ${at}`);
  await share(two, png("last.png"));
  await bob.page.reload();
  await bob.message("Word 119").waitFor();
  await openGallery(bob);
  await tiles(bob).first().click();
  const viewer = viewerOf(bob);
  const place = (number: number) => viewer.getByText(say("files.place", { place: number, count: 3 }));
  await place(3).waitFor();
  await viewer.getByText("last.png", { exact: true }).waitFor();
  await bob.page.keyboard.press("ArrowLeft");
  await place(2).waitFor();
  await until(() => viewer.locator("video").evaluate((media) => media.readyState >= 1));
  await bob.page.keyboard.press("ArrowLeft");
  await place(1).waitFor();
  await viewer.locator(".viewer-box img").waitFor();
  await bob.pointsOut(
    say("message.photo"),
    () => viewer.getByRole("button", { name: say("files.show"), exact: true }).click(),
  );
  await viewer.waitFor({ state: "detached" });
  await gallery(bob).waitFor({ state: "detached" });
  await pictures(bob).first().waitFor();
  bob.assertCalm();
});

Deno.test("links that have ended are renewed", async () => {
  await using two = await talking();
  const { bob } = two;
  await share(two, png("one.png"), png("two.png"));
  await bob.page.route(/\/api\/uploads\?/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll(/expires=\d+/g, "expires=1");
    await route.fulfill({ response, body });
  });
  // What the history has been given is still good.
  await bob.page.reload();
  await openGallery(bob);
  await gallery(bob).locator("img.picture-there").nth(1).waitFor();
  bob.assertCalm(/status of 401/);
});

Deno.test("the gallery says what it has not, and tries again when it is asked to", async () => {
  await using two = await talking();
  const { bob } = two;
  await bob.page.route(/\/api\/uploads\?/, (route) => route.abort());
  await openGallery(bob);
  await gallery(bob).getByText(say("files.gallery_failed")).waitFor();
  await bob.page.unroute(/\/api\/uploads\?/);
  await gallery(bob).getByRole("button", { name: say("conversation.try_again") }).click();
  for (const tab of ["seen", "heard", "others"] as const) {
    await turnTo(bob, tab);
    await gallery(bob).getByText(say(`files.gallery_none_${tab}`)).waitFor();
  }
  bob.assertCalm(/ERR_FAILED/);
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`gallery, voice messages and films keep nobody out: ${colorScheme}`, async () => {
    await using two = await talking({ colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    const { bob } = two;
    const look = async (what: string) => assertEquals(await seriousViolations(bob.page), [], what);
    await share(
      two,
      png("one.png"),
      await film(bob),
      text("report.txt"),
      { name: "waves.wav", mimeType: "audio/wav", buffer: wave(1), waveform: [0, 30, 100] },
    );
    await bob.history.getByRole("slider").waitFor();
    await look("voice message");
    await openGallery(bob);
    for (const tab of ["seen", "heard", "others"] as const) {
      await turnTo(bob, tab);
      await gallery(bob).locator("img.picture-there, .voice-track, .file-card").first().waitFor();
      await look(tab);
    }
    await turnTo(bob, "seen");
    await tiles(bob).first().click();
    await viewerOf(bob).locator("video").waitFor();
    await look("film");
  });
}
