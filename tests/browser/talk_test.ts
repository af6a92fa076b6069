import { assertEquals } from "@std/assert";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";

Deno.test("two people who never met register, find each other and talk", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [amina, bruno] = [await stage.visit(), await stage.visit()];
  for (const [visitor, name] of [[amina, "amina"], [bruno, "bruno"]] as const) {
    const { page } = visitor;
    await page.getByRole("button", { name: say("auth.register"), exact: true }).click();
    await page.getByLabel(say("profile.first_name")).fill(name);
    await page.getByLabel(say("profile.last_name")).fill("Example");
    await page.getByLabel(say("auth.email")).fill(`${name}@example.org`);
    await page.getByLabel(say("auth.username")).fill(name);
    await page.getByLabel(say("auth.password")).fill(`long password of ${name} 1`);
    await page.getByRole("button", { name: say("auth.register"), exact: true }).click();
    await page.getByRole("complementary", { name: say("list.title") }).waitFor();
  }
  await amina.page.getByRole("searchbox", { name: say("list.search") }).fill("bruno");
  await amina.page.getByRole("button", { name: /bruno/ }).first().click();
  await amina.send("Hello Bruno");
  await bruno.open("amina Example");
  await bruno.message("Hello Bruno").waitFor();
  await bruno.send("Hello Amina");
  await amina.message("Hello Amina").waitFor();
  assertEquals(await amina.history.getByRole("article").count(), 2);
  for (const visitor of [amina, bruno]) visitor.assertCalm();
});
