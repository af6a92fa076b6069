import { assertEquals } from "@std/assert";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage, Visitor } from "../support/browser.ts";

/** A group of two, open at both. */
async function group(stage: BrowserStage): Promise<{ ann: Visitor; bob: Visitor; id: string }> {
  const [ann, bob] = await stage.people("ann", "bob");
  const { id } = await stage.rest.ok(ann.user, "POST /api/conversations", {
    type: "group",
    name: "Harbour walk",
    participants: [bob.user.id],
  });
  await ann.at.open("Harbour walk");
  await bob.at.open("Harbour walk");
  return { ann: ann.at, bob: bob.at, id };
}

/** Chooses what is to be done with a message, by the keyboard. */
async function act(visitor: Visitor, text: string, action: string): Promise<void> {
  await visitor.message(text).focus();
  await visitor.page.keyboard.press("Enter");
  await visitor.page.getByRole("menu").getByRole("menuitem", { name: action }).click();
}

Deno.test("a message is edited, answered, reacted to, pinned, copied and deleted, and the other one sees it", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { ann, bob } = await group(stage);
  await ann.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ann.send("Shall we wlak?");
  await bob.message("Shall we wlak?").waitFor();

  await ann.sent("Shall we wlak?");
  await ann.composer.press("ArrowUp");
  assertEquals(await ann.composer.inputValue(), "Shall we wlak?");
  await ann.composer.fill("Shall we walk?");
  await ann.composer.press("Enter");
  await bob.message("Shall we walk?").getByText(say("message.edited"), { exact: true }).waitFor();

  await act(bob, "Shall we walk?", say("message.reply"));
  await bob.page.getByText(say("composer.reply_to", { name: "ann Example" })).waitFor();
  await bob.send("Yes, at nine");
  await ann.message("Yes, at nine").getByText("Shall we walk?").waitFor();

  await bob.message("Shall we walk?").focus();
  await bob.page.keyboard.press("Enter");
  await bob.page.getByRole("menu").getByRole("menuitemcheckbox").first().click();
  const reaction = ann.message("Shall we walk?").getByRole("button", { name: /1 person: bob Example/ });
  await reaction.waitFor();
  await reaction.click();
  await bob.message("Shall we walk?").getByRole("button", { name: /2 people/ }).waitFor();

  await act(ann, "Yes, at nine", say("message.react_more"));
  const picker = ann.page.getByRole("dialog", { name: say("emoji.title") });
  await picker.getByRole("searchbox").fill("rocket");
  await picker.getByRole("button", { name: /rocket/i }).first().click();
  await bob.message("Yes, at nine").getByRole("button", { name: /🚀/ }).waitFor();

  await act(ann, "Yes, at nine", say("message.pin"));
  await bob.message("Yes, at nine").getByText(say("message.pinned"), { exact: true }).waitFor();
  await bob.page.getByRole("button", { name: say("conversation.pinned") }).click();
  await bob.page.getByRole("dialog").getByText("Yes, at nine").waitFor();
  await bob.page.keyboard.press("Escape");

  await act(ann, "Yes, at nine", say("message.copy"));
  await ann.page.getByText(say("message.copied")).waitFor();
  assertEquals(await ann.page.evaluate("navigator.clipboard.readText()"), "Yes, at nine");

  await act(ann, "Shall we walk?", say("message.delete"));
  await ann.page.getByRole("alertdialog").or(ann.page.getByRole("dialog"))
    .getByRole("button", { name: say("message.delete"), exact: true }).click();
  await bob.history.getByText(say("message.deleted")).first().waitFor();
  await bob.page.getByText("Shall we walk?").first().waitFor({ state: "detached" });
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("typing, delivery and reading are shown to the other one, and drafts wait", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { ann, bob } = await group(stage);
  await bob.composer.pressSequentially("I am");
  await ann.page.getByRole("banner").or(ann.page.locator("header"))
    .getByText(say("conversation.typing_one", { name: "bob" })).first().waitFor();
  await ann.send("Read me");
  await ann.message("Read me").getByText(say("message.state_read"), { exact: true }).waitFor();
  await bob.page.goto(`${stage.url}/settings/profile`);
  await bob.page.getByRole("heading", { level: 1 }).waitFor();
  await ann.send("You are away");
  await ann.message("You are away").getByText(say("message.state_delivered"), { exact: true }).waitFor();
  await bob.page.goto(stage.url);
  const row = bob.page.getByRole("link", { name: /Harbour walk/ });
  await row.getByText("I am").waitFor();
  await row.getByText("1", { exact: true }).waitFor();
  await row.click();
  assertEquals(await bob.composer.inputValue(), "I am");
  await ann.message("You are away").getByText(say("message.state_read"), { exact: true }).waitFor();
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("Shift+Enter begins a line, Markdown and links are shown as such, a name is completed", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { ann, bob } = await group(stage);
  await ann.composer.pressSequentially("first **bold** line");
  await ann.composer.press("Shift+Enter");
  await ann.composer.pressSequentially("see https://example.org/a_b");
  await ann.composer.press("Enter");
  const message = bob.message(/first/);
  await message.waitFor();
  assertEquals(await message.locator("strong").filter({ hasText: "bold" }).count(), 1);
  const link = message.getByRole("link", { name: "https://example.org/a_b" });
  assertEquals(await link.getAttribute("href"), "https://example.org/a_b");
  assertEquals(await link.getAttribute("rel"), "noopener noreferrer");
  await ann.composer.pressSequentially("Hi @bo");
  await ann.page.getByRole("option", { name: /bob/ }).waitFor();
  await ann.composer.press("Enter");
  assertEquals(await ann.composer.inputValue(), "Hi @bob ");
  await ann.composer.press("Enter");
  await bob.message("Hi @bob").waitFor();
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("a long history loads upward without a jump, and every message can be gone to", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.rest.users("ann", "bob");
  const { id } = await stage.rest.ok(ann, "POST /api/conversations", {
    type: "group",
    name: "Long haul",
    participants: [bob.id],
  });
  const messages: { id: string }[] = [];
  for (let n = 1; n <= 400; n++) {
    const content = `message ${n}${n % 7 ? "" : " with\nsome\nmore\nlines"}`;
    messages.push(
      await stage.rest.ok(ann, "POST /api/messages", { conversationId: id, clientId: `${n}`, content }),
    );
  }
  const reply = { conversationId: id, clientId: "r", content: "what about this?", replyTo: messages[9]?.id };
  await stage.rest.ok(ann, "POST /api/messages", reply);
  const visitor = await stage.visit();
  await visitor.logIn("bob");
  await visitor.open("Long haul");
  const { page, history } = visitor;
  await visitor.message("what about this?").waitFor();
  assertEquals(await history.getByRole("article").count() < 120, true);
  await page.getByRole("button", { name: say("conversation.jump_unread", { count: 401 }) }).click();
  await visitor.message("message 1").waitFor();

  await page.goto(`${stage.url}/c/${id}/200`);
  await visitor.message("message 200").waitFor();
  // Upward past what was loaded: whatever comes in above, the message that is looked at stays where it is.
  for (let step = 0; step < 8; step++) {
    const looked = await history.getByRole("article").nth(4).getAttribute("aria-label") ?? "";
    const article = page.getByRole("article", { name: looked, exact: true });
    await history.evaluate((element) => element.scrollBy(0, -400));
    await article.waitFor();
    const place = await article.evaluate((element) => element.getBoundingClientRect().top);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    const later = await article.evaluate((element) => element.getBoundingClientRect().top);
    assertEquals(Math.abs(later - place) <= 1, true, `${looked} went from ${place} to ${later}`);
  }

  await page.getByRole("button", { name: /newest/ }).click();
  await visitor.message("what about this?").getByRole("button", { name: /message 10/ }).click();
  await visitor.message(/message 10$/).waitFor();
  visitor.assertCalm();
});
