import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";
import { seriousViolations } from "../support/axe.ts";

const SIZES = [{ width: 1280, height: 800 }, { width: 390, height: 844 }];

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of SIZES) {
    Deno.test(`no screen keeps anyone out: ${colorScheme}, ${viewport.width} px wide`, async () => {
      await using folder = await temporaryFolder();
      await using stage = await openBrowserStage({ DATA_DIR: folder.path });
      const { rest } = stage;
      const [ann, bob] = await rest.users("ann", "bob");
      const group = await rest.ok(ann, "POST /api/conversations", {
        type: "group",
        name: "Harbour walk",
        participants: [bob.id],
        settings: { isPublic: true },
      });
      const say1 = (clientId: string, content: string) =>
        rest.ok(ann, "POST /api/messages", { conversationId: group.id, clientId, content });
      const first = await say1("1", "Shall we go **tomorrow**? `npm install`\n> quoted\n- one\n- two");
      await rest.ok(bob, `POST /api/messages/${first.id}/reactions`, { emoji: "👍" });
      await say1("2", "صباح الخير https://example.org");
      const visitor = await stage.visit("/", {
        colorScheme,
        viewport,
        bypassCSP: true,
        // What fades in is looked at when it is there.
        reducedMotion: "reduce",
      });
      await each(visitor, group.id);
      visitor.assertCalm();
    });
  }
}

Deno.test("a conversation in which nothing has been said, or nothing but by the server, keeps no one out", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.rest.users("ann", "bob");
  const direct = await stage.rest.direct(ann, bob);
  const group = await stage.rest.group(ann, [bob], { name: "Harbour walk" });
  await stage.rest.ok(ann, `PATCH /api/conversations/${group}`, { name: "Harbour run" });
  const visitor = await stage.visit("/", { bypassCSP: true, reducedMotion: "reduce" });
  const { page } = visitor;
  await visitor.logIn("bob");
  await page.goto(`${stage.url}/c/${direct}`);
  await page.getByText(say("conversation.empty_title")).waitFor();
  assertEquals(await seriousViolations(page), [], "empty");
  await page.goto(`${stage.url}/c/${group}`);
  await page.locator(".entry-system").first().waitFor();
  assertEquals(await seriousViolations(page), [], "system messages alone");
  await visitor.send("Is anyone there?");
  await visitor.message("Is anyone there?").waitFor();
  assertEquals(await seriousViolations(page), [], "a message");
  visitor.assertCalm();
});

/** Goes through the screens and looks at each. */
async function each(visitor: Visitor, groupId: string): Promise<void> {
  const { page, url } = visitor;
  const look = async (screen: string) => assertEquals(await seriousViolations(page), [], screen);
  const button = (name: string, scope: Page | ReturnType<Page["getByRole"]> = page) =>
    scope.getByRole("button", { name, exact: true });
  const shut = async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await page.getByLabel(say("auth.identity")).waitFor();
  await look("log in");
  await button(say("auth.register")).click();
  await page.getByLabel(say("auth.username")).waitFor();
  await look("register");
  await button(say("auth.login")).click();
  await visitor.logIn("bob");
  await look("list");
  for (const entry of [say("new.direct"), say("new.group"), say("discover.title")]) {
    await button(say("list.new")).click();
    await page.getByRole("menuitem", { name: entry }).waitFor();
    await look("menu");
    await page.getByRole("menuitem", { name: entry }).click();
    await page.getByRole("dialog").waitFor();
    await look(entry);
    await shut();
  }
  await page.goto(`${url}/c/${groupId}`);
  await visitor.message(/tomorrow/).waitFor();
  await look("conversation");
  await visitor.message(/tomorrow/).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  await look("actions of a message");
  await page.keyboard.press("Escape");
  await button(say("composer.emoji")).click();
  await page.getByRole("dialog", { name: say("emoji.title") }).getByRole("button").nth(40).waitFor();
  await look("emoji");
  await page.keyboard.press("Escape");
  await button(say("conversation.details")).click();
  await page.getByRole("dialog").waitFor();
  await look("group");
  await shut();
  for (const path of ["profile", "appearance", "privacy", "people", "security"]) {
    await page.goto(`${url}/settings/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await look(`settings: ${path}`);
  }
}
