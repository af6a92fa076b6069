import { assertEquals } from "@std/assert";
import { say } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";
import { pick, pictures, png, sendThose, talking, until } from "./files_stage.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

const dialogs = ({ page }: Visitor) => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const button = ({ page }: Visitor, name: string) => page.getByRole("button", { name, exact: true });
const pathOf = ({ page }: Visitor) => new URL(page.url()).pathname;

/** Presses the browser's own button. */
async function back({ page }: Visitor): Promise<void> {
  await page.evaluate("history.back()");
}

Deno.test("on a phone back closes what lies over the conversation, one after the other, and then leads to the list", async () => {
  await using two = await talking(PHONE);
  const { ann } = two;
  const { page } = ann;
  await pick(ann, png());
  await sendThose(ann, 1);
  await pictures(ann).waitFor();
  const here = pathOf(ann);
  const viewer = page.getByRole("dialog", { name: say("files.viewer") });
  await button(ann, say("conversation.details")).click();
  await page.locator(".gallery-latest .tile").click();
  await viewer.waitFor();
  await back(ann);
  await viewer.waitFor({ state: "detached" });
  await page.waitForURL(`**${here}`);
  assertEquals(await dialogs(ann).count(), 1);
  await back(ann);
  await dialogs(ann).waitFor({ state: "detached" });
  await ann.composer.waitFor();
  await page.waitForURL(`**${here}`);
  await back(ann);
  await page.waitForURL("**/");
  await page.evaluate("history.forward()");
  await ann.composer.waitFor();
  await page.waitForURL(`**${here}`);
  assertEquals(await dialogs(ann).count(), 0);
  ann.assertCalm();
});

Deno.test("what was closed otherwise leaves no step behind: the next one back leads to the list", async () => {
  await using two = await talking(PHONE);
  const { ann } = two;
  const { page } = ann;
  for (let times = 0; times < 3; times++) {
    await button(ann, say("conversation.details")).click();
    await dialogs(ann).waitFor();
    await page.keyboard.press("Escape");
    await dialogs(ann).waitFor({ state: "detached" });
  }
  await until(() => page.evaluate<boolean>("history.state === null"));
  await back(ann);
  await page.waitForURL("**/");
  ann.assertCalm();
});

Deno.test("back asks before what was typed in a panel is lost, and stays when the reader wants to", async () => {
  await using two = await talking(PHONE);
  const { ann } = two;
  const here = pathOf(ann);
  await button(ann, say("conversation.details")).click();
  await button(ann, say("group.edit")).click();
  await ann.page.getByLabel(say("group.name")).fill("Harbour run");
  await back(ann);
  await ann.page.getByRole("alertdialog").waitFor();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: say("ui.cancel") }).click();
  await ann.page.getByRole("alertdialog").waitFor({ state: "detached" });
  assertEquals(await ann.page.getByLabel(say("group.name")).inputValue(), "Harbour run");
  await back(ann);
  await button(ann, say("ui.discard")).click();
  await dialogs(ann).waitFor({ state: "detached" });
  await ann.composer.waitFor();
  await ann.page.waitForURL(`**${here}`);
  ann.assertCalm();
});

Deno.test("who leaves a group from its panel comes to the list, and back does not lead into the group", async () => {
  await using two = await talking(PHONE);
  const { bob } = two;
  const { page } = bob;
  await button(bob, say("conversation.details")).click();
  await button(bob, say("farewell.leave")).click();
  await page.getByRole("alertdialog").getByRole("button", { name: say("farewell.leave") }).click();
  await page.waitForURL("**/");
  await until(() => page.evaluate<boolean>("history.state === null"));
  await dialogs(bob).waitFor({ state: "detached" });
  await page.evaluate("var steps = 0; addEventListener('popstate', () => steps++); history.forward()");
  // There, and back again.
  await until(() => page.evaluate<boolean>("steps === 2"));
  await page.getByRole("complementary", { name: say("list.title") }).waitFor();
  await page.waitForURL("**/");
  bob.assertCalm();
});

Deno.test("a reload with a panel open leaves no step behind", async () => {
  await using two = await talking(PHONE);
  const { ann } = two;
  await button(ann, say("conversation.details")).click();
  await dialogs(ann).waitFor();
  await until(() => ann.page.evaluate<boolean>("history.state?.layers === 1"));
  await ann.page.reload();
  await ann.composer.waitFor();
  await until(() => ann.page.evaluate<boolean>("history.state === null"));
  await back(ann);
  await ann.page.waitForURL("**/");
  ann.assertCalm();
});

Deno.test("on a wide screen back leads to where one was before, and closes what lay over it", async () => {
  await using two = await talking();
  const { ann } = two;
  await button(ann, say("conversation.details")).click();
  await dialogs(ann).waitFor();
  await back(ann);
  await ann.page.waitForURL("**/");
  await dialogs(ann).waitFor({ state: "detached" });
  ann.assertCalm();
});
