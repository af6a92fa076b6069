import { assertEquals } from "@std/assert";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import { PAYLOADS } from "./payloads.ts";

/** Elements that no text, name or link may bring into the page. */
const FOREIGN =
  "script:not([src^='/assets/']), iframe, object, embed, form[action], base, meta[http-equiv], " +
  "svg a, math, style:not([data-own]), link[href^='http'], img[src^='x'], [onerror], [onload], [onclick], " +
  "[onfocus], [onmouseover], [style*='expression'], a[href^='javascript'], a[href^='data'], a[href^='vbscript']";

Deno.test(`${PAYLOADS.length} hostile texts stay texts: in messages, names, links and profiles`, async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { rest } = stage;
  const [eve, victim] = await rest.users("eve", "victim");
  const group = await rest.ok(eve, "POST /api/conversations", {
    type: "group",
    name: PAYLOADS[0],
    description: PAYLOADS[1],
    participants: [victim.id],
  });
  let at = 0;
  for (const payload of PAYLOADS) {
    const clientId = `p${at++}`;
    const message = await rest.ok(eve, "POST /api/messages", {
      conversationId: group.id,
      clientId,
      content: payload,
    });
    if (at % 10 === 0) {
      const body = {
        conversationId: group.id,
        clientId: `${clientId}-reply`,
        content: payload,
        replyTo: message.id,
      };
      await rest.ok(eve, "POST /api/messages", body);
    }
    const name = payload.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ").slice(0, 50);
    await rest.call(eve, "PATCH /api/users/me", {
      firstName: name,
      lastName: name,
      bio: payload,
      website: payload,
    });
    await rest.call(eve, "PATCH /api/users/me", { avatar: payload });
    await rest.call(eve, `PATCH /api/conversations/${group.id}`, { name, description: payload });
  }
  // Any picture that https brings is one: it is asked for where its owner is shown.
  await rest.ok(eve, "PATCH /api/users/me", { avatar: null });
  const direct = await rest.ok(eve, "POST /api/conversations", { type: "direct", participants: [victim.id] });
  const visitor = await stage.visit();
  const { page } = visitor;
  await page.addInitScript(() => Reflect.set(globalThis, "canary", []));
  await page.reload();
  await visitor.logIn("victim");
  const foreign = async () => {
    assertEquals(await page.locator(FOREIGN).count(), 0);
    assertEquals(await page.evaluate(() => Reflect.get(globalThis, "canary")), []);
  };
  for (const seq of [1, Math.ceil(PAYLOADS.length / 2), PAYLOADS.length]) {
    await page.goto(`${stage.url}/c/${group.id}/${seq}`);
    await visitor.history.getByRole("article").first().waitFor();
    await foreign();
    const links = visitor.history.getByRole("link");
    for (const href of await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))) {
      assertEquals(/^(https?:\/\/|\/c\/)/.test(href ?? ""), true, String(href));
    }
  }
  await page.getByRole("button", { name: say("conversation.details"), exact: true }).click();
  await page.getByRole("dialog").waitFor();
  await foreign();
  await page.goto(`${stage.url}/c/${direct.id}`);
  await page.getByRole("button", { name: say("conversation.details"), exact: true }).click();
  await page.getByRole("dialog").waitFor();
  await foreign();
  visitor.assertCalm();
});
