import { assertEquals } from "@std/assert";
import { seriousViolations } from "../support/axe.ts";
import { openBrowserStage, temporaryFolder } from "../support/browser.ts";

const PAGES = ["/docs", "/docs/socket"];

Deno.test("the reference loads nothing from elsewhere, complains of nothing, and fits a screen of 320 px", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  for (const width of [1280, 320]) {
    const visitor = await stage.visit("/docs", { viewport: { width, height: 640 } });
    for (const path of PAGES) {
      await visitor.page.goto(stage.url + path);
      const overhang = await visitor.page.locator("html").evaluate((root) =>
        root.scrollWidth - root.clientWidth
      );
      assertEquals(overhang, 0, `${path} at ${width} px`);
    }
    visitor.assertCalm();
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`the reference keeps no one out: ${colorScheme}`, async () => {
    await using folder = await temporaryFolder();
    await using stage = await openBrowserStage({ DATA_DIR: folder.path });
    const visitor = await stage.visit("/docs", { colorScheme, bypassCSP: true });
    for (const path of PAGES) {
      await visitor.page.goto(stage.url + path);
      assertEquals(await seriousViolations(visitor.page), [], path);
    }
  });
}

Deno.test("a link into the reference leads to the place, without a script", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { page } = await stage.visit("/docs", { javaScriptEnabled: false });
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", {
    name: "POST /messages",
    exact: true,
  }).click();
  const heading = page.getByRole("heading", { name: /^Send a message/ });
  await heading.waitFor();
  await page.waitForURL(/#postMessages$/);
});
