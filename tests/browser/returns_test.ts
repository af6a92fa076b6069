import { assertEquals } from "@std/assert";
import { CUT, openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage } from "../support/browser.ts";
import type { TestUser } from "../support/rest.ts";
import { keptIn, until } from "./files_stage.ts";

/** A direct conversation of two, and what one says in it without a browser. */
async function direct(stage: BrowserStage, one: TestUser, other: TestUser) {
  const body = { type: "direct", participants: [other.id] };
  const { id } = await stage.rest.ok(one, "POST /api/conversations", body);
  const tell = (content: string) =>
    stage.rest.ok(one, "POST /api/messages", { conversationId: id, clientId: content, content });
  return { id: id as string, tell };
}

Deno.test("what was on its way when the page was reloaded is sent once", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.people("ann", "bob");
  await direct(stage, bob.user, ann.user);
  await ann.at.open("bob Example");
  await bob.at.open("ann Example");
  await stage.kill();
  await ann.at.send("written into the dark");
  await ann.at.message("written into the dark").waitFor();
  await stage.restart();
  await ann.at.page.reload();
  await bob.at.message("written into the dark").waitFor();
  await ann.at.message("written into the dark").waitFor();
  assertEquals(await ann.at.history.getByRole("article").count(), 1);
  assertEquals(await bob.at.history.getByRole("article").count(), 1);
  for (const { at } of [ann, bob]) at.assertCalm(CUT);
});

Deno.test("what was loaded can be read without a network, also after a reload", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.people("ann", "bob");
  const { tell } = await direct(stage, bob.user, ann.user);
  await tell("keep me");
  await ann.at.open("bob Example");
  await ann.at.message("keep me").waitFor();
  await ann.at.page.evaluate("navigator.serviceWorker.ready");
  await ann.at.page.reload();
  await ann.at.message("keep me").waitFor();
  // What comes is gathered for a moment before it is kept.
  await until(async () => (await keptIn(ann.at.page)).some(({ key }) => key.includes("/conversations/")));
  await ann.at.context.setOffline(true);
  await ann.at.page.reload();
  await ann.at.message("keep me").waitFor();
  await ann.at.page.getByText(say("line.offline")).waitFor();
  await ann.at.send("later");
  await ann.at.context.setOffline(false);
  await bob.at.open("ann Example");
  await bob.at.message("later").waitFor();
  ann.at.assertCalm(CUT);
});

Deno.test("two tabs of one user show the same, and what one sends is in the other", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.people("ann", "bob");
  const { id, tell } = await direct(stage, bob.user, ann.user);
  await ann.at.open("bob Example");
  const second = await ann.at.tab(`/c/${id}`);
  const articles = second.getByRole("feed", { name: say("conversation.history") }).getByRole("article");
  await ann.at.send("from the first tab");
  await articles.filter({ hasText: "from the first tab" }).waitFor();
  await second.getByRole("textbox", { name: say("composer.label"), exact: true }).fill("from the second tab");
  await second.keyboard.press("Enter");
  await ann.at.message("from the second tab").waitFor();
  await tell("to both");
  await articles.filter({ hasText: "to both" }).waitFor();
  await ann.at.message("to both").waitFor();
  assertEquals(await articles.count(), 3);
  assertEquals(await ann.at.history.getByRole("article").count(), 3);
  for (const { at } of [ann, bob]) at.assertCalm();
});

Deno.test("an access token that ended while the page was away is renewed, and nothing is missed", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path, JWT_EXPIRES_IN: "5s" });
  const users = await stage.rest.users("ann", "bob");
  const { id } = await direct(stage, ...users);
  const [ann, bob] = await stage.seat(...users);
  await ann.at.open("bob Example");
  await bob.at.open("ann Example");
  await ann.at.context.setOffline(true);
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  await bob.at.send("while you were away");
  await ann.at.context.setOffline(false);
  await ann.at.message("while you were away").waitFor();
  await ann.at.send("back");
  await bob.at.message("back").waitFor();
  assertEquals(ann.at.page.url(), `${stage.url}/c/${id}`);
  for (const { at } of [ann, bob]) {
    at.assertCalm(/^console: Failed to load resource: (net::ERR_|.* 401)|WebSocket/);
  }
});

Deno.test("a page whose machine slept for an hour catches up when it wakes", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path, HEARTBEAT_MS: "1000" });
  const [ann, bob] = await stage.people("ann", "bob");
  const { tell } = await direct(stage, bob.user, ann.user);
  await ann.at.page.clock.install();
  await ann.at.open("bob Example");
  const { clock } = ann.at.page;
  // Its clock may have passed that before it is told to.
  await until(() => clock.pauseAt(Date.now() + 1_000).then(() => true, () => false));
  await tell("while you slept");
  // The server gives up a socket that is silent for two heartbeats.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await clock.fastForward("01:00:00");
  await clock.resume();
  await ann.at.message("while you slept").waitFor();
  await ann.at.send("good morning");
  await bob.at.open("ann Example");
  await bob.at.message("good morning").waitFor();
  for (const { at } of [ann, bob]) at.assertCalm(/^console: (Failed to load resource|WebSocket)/);
});
