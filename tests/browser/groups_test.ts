import { assertEquals } from "@std/assert";
import { shellTexts as german } from "../../src/web/i18n/de_shell.ts";
import { CUT, openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";

/** Begins something from the menu above the list. */
async function begin(visitor: Visitor, entry: string): Promise<void> {
  await visitor.page.getByRole("button", { name: say("list.new") }).click();
  await visitor.page.getByRole("menuitem", { name: entry }).click();
}

/** Opens what there is to know of the open conversation. */
async function details(visitor: Visitor): Promise<void> {
  await visitor.page.getByRole("button", { name: say("conversation.details"), exact: true }).click();
  await visitor.page.getByRole("dialog").waitFor();
}

Deno.test("a public group is made, found, joined, renamed, given roles, left and ended", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [{ at: ann }, { at: bob }, { at: cat }] = await stage.people("ann", "bob", "cat");
  await begin(ann, say("new.group"));
  await ann.page.getByLabel(say("group.name")).fill("Harbour walk");
  await ann.page.getByRole("switch", { name: say("group.public") }).check();
  await ann.page.getByLabel(say("people.find")).fill("bob");
  await ann.page.getByRole("list", { name: say("list.people") }).getByRole("button", { name: /bob/ }).click();
  await ann.page.getByRole("button", { name: say("new.create_group") }).click();
  await ann.composer.waitFor();
  await bob.open("Harbour walk");

  await begin(cat, say("discover.title"));
  await cat.page.getByLabel(say("discover.search")).fill("harbour");
  await cat.page.getByRole("button", { name: say("discover.join") }).click();
  await cat.composer.waitFor();
  await ann.history.getByText(say("system.user_joined", { name: "cat Example" })).waitFor();

  await details(ann);
  const dialog = ann.page.getByRole("dialog");
  await dialog.getByRole("button", { name: say("group.edit"), exact: true }).click();
  await dialog.getByLabel(say("group.name")).fill("Harbour run");
  await dialog.getByRole("button", { name: say("ui.save") }).click();
  await bob.page.getByRole("heading", { level: 1, name: "Harbour run" }).waitFor();

  await dialog.getByRole("button", { name: say("group.member_menu", { name: "bob Example" }) }).click();
  await ann.page.getByRole("menuitem", { name: say("role.make_moderator") }).click();
  const promoted = say("system.role_moderator", { name: "bob Example" });
  await bob.history.getByText(promoted).waitFor();
  const elsewhere = await stage.visit();
  await elsewhere.logIn("bob");
  for (const { page } of [ann, bob, elsewhere]) {
    await page.getByRole("list", { name: say("list.title") }).getByText(promoted).waitFor();
  }
  await dialog.getByRole("button", { name: say("group.member_menu", { name: "cat Example" }) }).click();
  await ann.page.getByRole("menuitem", { name: say("group.remove") }).click();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: say("group.remove") }).click();
  await cat.page.getByText(say("home.gone_title")).or(cat.page.getByText(say("list.empty_title"))).first()
    .waitFor();

  await details(bob);
  await bob.page.getByRole("button", { name: say("farewell.leave") }).click();
  await bob.page.getByRole("alertdialog").getByRole("button", { name: say("farewell.leave") }).click();
  await bob.page.getByText(say("list.empty_title")).waitFor();

  await dialog.getByRole("button", { name: say("farewell.end") }).click();
  await ann.page.getByRole("alertdialog").getByRole("button", { name: say("farewell.end") }).click();
  await ann.page.getByText(say("list.empty_title")).waitFor();
  for (const visitor of [ann, bob, cat, elsewhere]) visitor.assertCalm();
});

Deno.test("sessions are listed and ended, and whose session ends is told so and can log in again", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  await stage.rest.register("ann");
  const [laptop, phone] = [await stage.visit(), await stage.visit()];
  for (const visitor of [laptop, phone]) await visitor.logIn("ann");
  await laptop.page.goto(`${stage.url}/settings/security`);
  await laptop.page.getByRole("button", { name: say("security.end_others") }).click();
  await laptop.page.getByRole("alertdialog").getByRole("button", { name: say("security.end_others") })
    .click();
  await phone.page.getByText(say("error.signed_out")).first().waitFor();
  await phone.logIn("ann");
  await laptop.page.getByRole("button", { name: say("auth.logout") }).click();
  await laptop.logIn("ann");
  laptop.assertCalm();
  phone.assertCalm(/^console: Failed to load resource: .* 401/);
});

Deno.test("language and colours are chosen, and kept", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [{ at: ann }] = await stage.people("ann");
  const { page } = ann;
  await page.goto(`${stage.url}/settings/appearance`);
  await page.getByRole("radio", { name: say("theme.dark") }).check({ force: true });
  await page.locator(":root[data-theme=dark]").waitFor({ state: "attached" });
  await page.getByLabel(say("settings.language")).selectOption("de");
  await page.locator(":root[lang=de]").waitFor({ state: "attached" });
  await page.goto(stage.url);
  await page.locator(":root[lang=de][data-theme=dark]").waitFor({ state: "attached" });
  await page.getByRole("complementary", { name: german["list.title"], exact: true }).waitFor();
  ann.assertCalm();
});

Deno.test("who is there is shown, and who is not, and of nobody while the line is down", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [{ at: ann }, { at: bob, user }] = await stage.people("ann", "bob");
  await begin(ann, say("new.direct"));
  await ann.page.getByLabel(say("people.find")).fill("bob");
  await ann.page.getByRole("list", { name: say("list.people") }).getByRole("button", { name: /bob/ }).click();
  await ann.composer.waitFor();
  const isThere = ann.page.getByText(say("conversation.online"), { exact: true });
  const dots = ann.page.locator(".avatar-dot");
  await isThere.waitFor();
  // In the list, and above the conversation.
  await dots.nth(1).waitFor();
  await ann.context.setOffline(true);
  await isThere.waitFor({ state: "detached" });
  await dots.first().waitFor({ state: "detached" });
  await ann.context.setOffline(false);
  await isThere.waitFor();
  await dots.nth(1).waitFor();
  await bob.context.close();
  await isThere.waitFor({ state: "detached" });
  await dots.first().waitFor({ state: "detached" });
  assertEquals((await stage.rest.ok(user, "GET /api/users/me")).profile.isOnline, false);
  ann.assertCalm(CUT);
});
