import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowserStage, PATIENCE_MS, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage, Visitor } from "../support/browser.ts";

/** Two people in a conversation in which these were said, by the second one. */
async function talk(stage: BrowserStage, texts: readonly string[]) {
  const [ann, bob] = await stage.people("ann", "bob");
  const id = await stage.rest.group(ann.user, [bob.user], { name: "Harbour walk" });
  const messages: { readonly id: string }[] = [];
  for (const text of texts) messages.push(await stage.rest.send(bob.user, id, text));
  await ann.at.open("Harbour walk");
  await ann.at.message(texts.at(-1) ?? "").waitFor();
  return { ann: ann.at, bob: bob.at, annUser: ann.user, bobUser: bob.user, id, messages };
}

/** What has the focus, as it is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    `document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent`,
  );
}

/** Waits until what has the focus is called so. */
async function isFocused(page: Page, name: RegExp): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!name.test(await focused(page))) assert(Date.now() < end, `${name}, not ${await focused(page)}`);
}

function isWriting({ page, composer }: Visitor): Promise<void> {
  return composer.and(page.locator(":focus")).waitFor();
}

Deno.test("a text is found in what is loaded, from the latest hit to older ones and round again", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { ann } = await talk(stage, ["a red boat", "nothing", "a blue Boat", "the boat of Zoë"]);
  const { page } = ann;
  const box = page.locator(".find");
  const at = (place: number) =>
    box.getByText(say("conversation.search_place", { place, count: 3 }), { exact: true }).waitFor();
  await page.keyboard.press("Control+f");
  await ann.pointsOut("the boat of Zoë", () => page.keyboard.type("BOAT"));
  await at(1);
  await ann.pointsOut("a blue Boat", () => page.keyboard.press("Enter"));
  await at(2);
  await page.keyboard.press("Shift+Enter");
  await at(1);
  const next = box.getByRole("button", { name: say("conversation.search_next") });
  await ann.pointsOut("a red boat", () => next.click());
  await at(3);
  await box.getByRole("button", { name: say("conversation.search_previous") }).click();
  await at(1);

  await box.getByRole("searchbox").fill("zoe");
  await box.getByText(say("conversation.search_place", { place: 1, count: 1 })).waitFor();
  await box.getByRole("searchbox").fill("submarine");
  await box.getByText(say("conversation.search_none")).waitFor();
  assert(await next.isDisabled());
  await box.getByRole("searchbox").press("Escape");
  await box.waitFor({ state: "detached" });
  await isWriting(ann);
  ann.assertCalm();
});

Deno.test("a message tells when it was sent, changed and pinned, and who has read it; the pinned ones lead there", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const texts = ["Meet at nine", ...Array.from({ length: 30 }, (_, n) => `Line ${n}`)];
  const { ann, annUser, bobUser, messages: [first], bob } = await talk(stage, texts);
  const pinned = ann.page.getByRole("button", { name: say("conversation.pinned") });
  const dialog = ann.page.getByRole("dialog");
  await pinned.click();
  await dialog.getByText(say("conversation.pinned_none")).waitFor();
  await ann.page.keyboard.press("Escape");
  await stage.rest.ok(bobUser, `PUT /api/messages/${first?.id}`, { content: "Meet at ten" });
  await stage.rest.ok(annUser, `PUT /api/messages/${first?.id}/pin`);
  await pinned.click();
  await ann.pointsOut("Meet at ten", () => dialog.getByRole("button", { name: /Meet at ten/ }).click());
  const message = ann.message("Meet at ten");

  await bob.open("Harbour walk");
  await bob.message("Line 29").waitFor();
  await message.focus();
  await ann.page.keyboard.press("Enter");
  await ann.page.getByRole("menuitem", { name: say("message.details") }).click();
  await dialog.getByText(say("message.edited_at"), { exact: true }).waitFor();
  await dialog.getByText(say("message.pinned_by", { name: "ann Example" })).waitFor();
  await dialog.locator(".readers").getByText(say("message.own")).waitFor();
  assertEquals(await dialog.locator(".readers li").count(), 1, "whoever wrote it is no reader");
  await ann.page.keyboard.press("Escape");

  await ann.send("Has anyone seen this?");
  const own = ann.message("Has anyone seen this?");
  await own.getByText(say("message.state_read"), { exact: true }).waitFor();
  await own.focus();
  await ann.page.keyboard.press("Enter");
  await ann.page.getByRole("menuitem", { name: say("message.details") }).click();
  await dialog.locator(".readers").getByText("bob Example").waitFor();
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("arrows go from message to message and into what can be pressed there; letters act", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { ann } = await talk(stage, ["one", "see https://example.org/two", "three"]);
  const { page } = ann;
  const { keyboard } = page;
  await ann.message("three").focus();
  await keyboard.press("ArrowUp");
  await isFocused(page, /see https/);
  await keyboard.press("ArrowRight");
  await isFocused(page, /^https:\/\/example\.org\/two$/);
  await keyboard.press("Escape");
  await isFocused(page, /see https/);
  await keyboard.press("ArrowLeft");
  await isFocused(page, /^(?!.*see https)/);
  await keyboard.press("Escape");
  await keyboard.press("ArrowUp");
  await isFocused(page, /: one$/);
  await keyboard.press("ArrowUp");
  await isFocused(page, /: one$/);
  await keyboard.press("End");
  await isFocused(page, /: three$/);

  await keyboard.press("r");
  await page.getByText(say("composer.reply_to", { name: "bob Example" })).waitFor();
  await isWriting(ann);
  await keyboard.type("mine");
  await keyboard.press("Enter");
  await ann.sent("mine");
  await ann.message("mine").focus();
  await keyboard.press("e");
  await isWriting(ann);
  assertEquals(await ann.composer.inputValue(), "mine");
  await keyboard.press("Escape");
  await ann.message("three").focus();
  await keyboard.press("e"); // another's words are not to be changed
  await isFocused(page, /: three$/);
  await keyboard.press("ContextMenu");
  await page.getByRole("menu").waitFor();
  await keyboard.press("Escape");
  await ann.message("mine").focus();
  await keyboard.press("ArrowDown");
  await isWriting(ann);
  ann.assertCalm();
});

Deno.test("arrows go through the emoji as they stand, in either direction of writing", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { ann } = await talk(stage, ["hello"]);
  const { page } = ann;
  const { keyboard } = page;
  await page.getByRole("button", { name: say("composer.emoji"), exact: true }).click();
  const picker = page.getByRole("dialog", { name: say("emoji.title") });
  const emoji = picker.locator(".emoji-picker-emoji");
  await emoji.nth(20).waitFor();
  const inSearch = () => picker.getByRole("searchbox").and(page.locator(":focus")).waitFor();
  const on = (index: number) => emoji.nth(index).and(page.locator(":focus")).waitFor();
  const columns = await emoji.evaluateAll((all) => {
    const [first] = all.map((one) => one.getBoundingClientRect().top);
    return all.filter((one) => one.getBoundingClientRect().top === first).length;
  });
  await inSearch();
  await keyboard.press("ArrowDown");
  await on(0);
  await keyboard.press("ArrowRight");
  await on(1);
  await keyboard.press("ArrowDown");
  await on(1 + columns);
  await keyboard.press("ArrowLeft");
  await on(columns);
  await keyboard.press("ArrowUp");
  await on(0);
  await keyboard.press("ArrowUp");
  await inSearch();
  await keyboard.press("ArrowDown");
  await keyboard.press("End");
  await on(await emoji.count() - 1);
  await keyboard.press("Home");
  await on(0);
  await page.evaluate(`document.documentElement.dir = "rtl"`);
  await keyboard.press("ArrowLeft");
  await on(1);
  await keyboard.press("ArrowRight");
  await on(0);

  await picker.getByRole("searchbox").fill("rocket");
  await keyboard.press("Enter");
  await picker.waitFor({ state: "detached" });
  assertEquals(await ann.composer.inputValue(), "🚀");
  ann.assertCalm();
});
