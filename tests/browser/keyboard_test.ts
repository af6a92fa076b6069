import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import { passwordOf } from "../support/accounts.ts";

Deno.test("the keyboard alone suffices: log in, find someone, talk, react, close, log out", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  await stage.rest.users("ann", "bob");
  const ann = await stage.visit();
  const { page } = ann;
  const { keyboard } = page;
  const focused = () => page.evaluate("document.activeElement?.getAttribute('aria-label') ?? ''");
  const inComposer = () => ann.composer.and(page.locator(":focus")).waitFor();
  await page.getByLabel(say("auth.identity")).waitFor();
  await keyboard.type("ann");
  await keyboard.press("Tab");
  await keyboard.type(passwordOf("ann"));
  await keyboard.press("Enter");
  await page.getByRole("complementary", { name: say("list.title") }).waitFor();

  await keyboard.press("Control+k");
  await keyboard.type("bob");
  await page.getByRole("button", { name: /bob/ }).first().waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await ann.composer.waitFor();
  await inComposer();
  await keyboard.type("no mouse here");
  await keyboard.press("Enter");
  await ann.message("no mouse here").getByText(say("message.state_sent"), { exact: true }).waitFor();

  await keyboard.press("Shift+Tab");
  while (!/no mouse here/.test(String(await focused()))) await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  await keyboard.press("ArrowUp");
  await keyboard.press("Enter");
  await ann.message("no mouse here").getByRole("button", { name: /1 person/ }).waitFor();
  await keyboard.press("Escape");
  await inComposer();

  await keyboard.press("Control+k");
  while (await focused() !== say("list.menu")) await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  await keyboard.press("End");
  await keyboard.press("Enter");
  await page.getByLabel(say("auth.identity")).waitFor();
  ann.assertCalm();
});
