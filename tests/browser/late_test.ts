import { assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage, Visitor } from "../support/browser.ts";
import { handOver, text, tray, until } from "./files_stage.ts";

/** A page whose frames and timers come half a second late, as on a busy machine, while keys and presses do not. */
const LATE = `(() => {
  const { requestAnimationFrame: frame, setTimeout: timer } = globalThis;
  const late = 500;
  globalThis.setTimeout = (act, ms = 0, ...given) => timer(act, ms + late, ...given);
  globalThis.requestAnimationFrame = (act) => frame(() => timer(() => act(performance.now()), late));
})()`;

/** Ann with such a page, where Bob has said two things in their group. */
async function late(stage: BrowserStage): Promise<Visitor> {
  const [ann, bob] = await stage.rest.users("ann", "bob");
  const groupId = await stage.rest.group(ann, [bob], { name: "Harbour walk" });
  for (const said of ["a red boat", "a blue boat"]) await stage.rest.send(bob, groupId, said);
  const visitor = await stage.visit();
  await visitor.page.addInitScript(LATE);
  await visitor.page.reload();
  await visitor.logIn("ann");
  await row(visitor).waitFor();
  return visitor;
}

function row({ page }: Visitor): Locator {
  return page.getByRole("list", { name: say("list.title") }).getByRole("link", { name: "Harbour walk" });
}

function holds({ composer }: Visitor, wanted: string): Promise<void> {
  return until(async () => await composer.inputValue() === wanted);
}

/** Waits for a frame that was asked for after everything before. */
async function frame({ page }: Visitor): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(done))");
}

Deno.test("what is typed right after a conversation was opened, or a name completed, goes there", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const ann = await late(stage);
  const { keyboard } = ann.page;
  await keyboard.press("Control+k");
  await keyboard.type("Harbour");
  await keyboard.press("Enter");
  await keyboard.type("Hello @b");
  await ann.page.getByRole("option", { name: /bob/ }).waitFor();
  await keyboard.press("Enter");
  await keyboard.type("there");
  await frame(ann);
  await keyboard.type("!");
  await holds(ann, "Hello @bob there!");
  ann.assertCalm();
});

Deno.test("what is typed right after an answer or a search was begun, or a search ended, goes there", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const ann = await late(stage);
  const { page } = ann;
  const { keyboard } = page;
  await ann.open("Harbour walk");
  await ann.message("a blue boat").focus();
  await keyboard.press("r");
  await keyboard.type("mine, please");
  await holds(ann, "mine, please");
  await page.getByText(say("composer.reply_to", { name: "bob Example" })).waitFor();
  await keyboard.press("Enter");
  await ann.message("mine, please").waitFor();
  // The first thing that a message's menu offers is an answer.
  await ann.message("a red boat").focus();
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await keyboard.type("from the menu");
  await holds(ann, "from the menu");
  await keyboard.press("Enter");
  await ann.message("from the menu").waitFor();

  const place = page.locator(".find-place");
  const second = say("conversation.search_place", { place: 2, count: 2 });
  await keyboard.press("Control+f");
  await keyboard.type("boat");
  await keyboard.press("Enter");
  await place.getByText(second, { exact: true }).waitFor();
  await frame(ann);
  assertEquals(await place.textContent(), second);
  await keyboard.press("Escape");
  await keyboard.type("found");
  await holds(ann, "found");
  ann.assertCalm();
});

Deno.test("what is dropped into a conversation, or pressed beside a menu, as soon as that is there is not lost", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const ann = await late(stage);
  const { page } = ann;
  await row(ann).click();
  await handOver(page.locator(".history-box"), "DragEvent", text("report.txt"));
  await tray(ann).getByText("report.txt", { exact: true }).waitFor();

  await ann.message("a red boat").focus();
  await page.keyboard.press("Enter");
  await page.mouse.click(2, 2);
  await page.getByRole("menu").waitFor({ state: "detached" });
  await page.getByRole("button", { name: say("list.new"), exact: true }).click();
  // As when it was scrolled into view to be pressed.
  await page.evaluate("document.body.dispatchEvent(new Event('scroll'))");
  await page.getByRole("menu").waitFor();
  await page.mouse.click(2, 2);
  await page.getByRole("menu").waitFor({ state: "detached" });
  ann.assertCalm();
});
