import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";

/** Waits until a field has the keyboard, and answers what is said of it to those who listen. */
async function saidAt(field: Locator): Promise<string> {
  await field.and(field.page().locator(":focus")).waitFor();
  return await saidOf(field);
}

/** What a field that is marked as wrong is described by. */
async function saidOf(field: Locator): Promise<string> {
  assertEquals(await field.getAttribute("aria-invalid"), "true");
  const id = await field.getAttribute("aria-describedby");
  return (await field.page().locator(`[id="${id}"]`).textContent()) ?? "";
}

const wrong = (page: Page) => page.locator("form [aria-invalid]");

Deno.test("a refused form leads to its first wrong field, and says what is wrong with each", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  await stage.rest.register("ann");
  const visitor = await stage.visit();
  const { page } = visitor;
  const field = (name: Parameters<typeof say>[0]) => page.getByLabel(say(name), { exact: true });

  await field("auth.password").press("Enter");
  assertEquals(await saidAt(field("auth.identity")), say("wanted.something"));
  assertEquals(await saidOf(field("auth.password")), say("wanted.something"));
  await field("auth.identity").fill("ann");
  assertEquals(await field("auth.identity").getAttribute("aria-invalid"), null);
  await page.getByRole("button", { name: say("auth.login"), exact: true }).click();
  assertEquals(await saidAt(field("auth.password")), say("wanted.something"));

  await page.getByRole("button", { name: say("auth.register"), exact: true }).click();
  await field("auth.password").press("Enter");
  assertEquals(await saidAt(field("profile.first_name")), say("wanted.name"));
  assertEquals(await wrong(page).count(), 5);
  await field("profile.first_name").fill("Ann");
  await field("profile.last_name").fill("Example");
  await field("auth.email").fill("another@example.org");
  await field("auth.username").fill("ann");
  await field("auth.password").fill("a long enough password 1");
  await page.getByRole("button", { name: say("auth.register"), exact: true }).click();
  assertEquals(await saidAt(field("auth.username")), say("error.username_taken"));
  assertEquals(await wrong(page).count(), 1);
  visitor.assertCalm(/^console: Failed to load resource: .* (400|409)/);
});
