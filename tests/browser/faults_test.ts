import { assertEquals } from "@std/assert";
import type { Visitor } from "../support/browser.ts";
import { CUT, openBrowserStage, say, temporaryFolder } from "../support/browser.ts";

/** Two who talk to each other in a conversation that both have open. */
async function talking(env: Readonly<Record<string, string>>) {
  const stage = await openBrowserStage(env);
  const [ann, bob] = await stage.people("ann", "bob");
  const conversation = await stage.rest.ok(ann.user, "POST /api/conversations", {
    type: "direct",
    participants: [bob.user.id],
  });
  await ann.at.open("bob Example");
  await bob.at.open("ann Example");
  return { stage, ann: ann.at, bob: bob.at, conversationId: conversation.id as string, user: ann.user };
}

/** The texts that someone sees, from the oldest on, as they are read out. */
async function seen(visitor: Visitor): Promise<string[]> {
  const names = await visitor.history.getByRole("article").evaluateAll((articles) =>
    articles.map((article) => article.getAttribute("aria-label"))
  );
  return names.map((name) => /: (.*)$/s.exec(name ?? "")?.[1] ?? "");
}

Deno.test("what is written while the network is away is sent when it is back, once and in order", async () => {
  await using folder = await temporaryFolder();
  const { stage, ann, bob } = await talking({ DATA_DIR: folder.path });
  await using _ = stage;
  await ann.send("before");
  await bob.message("before").waitFor();
  await ann.context.setOffline(true);
  for (const text of ["one", "two", "three"]) await ann.send(text);
  await ann.composer.fill("not sent yet");
  await ann.message("three").getByText(say("message.state_sending")).waitFor();
  await bob.send("meanwhile");
  await bob.sent("meanwhile");
  await ann.context.setOffline(false);
  await bob.message("three").waitFor();
  await ann.message("meanwhile").waitFor();
  assertEquals(await ann.composer.inputValue(), "not sent yet");
  const expected = ["before", "meanwhile", "one", "two", "three"];
  assertEquals(await seen(bob), expected);
  await ann.sent("three");
  assertEquals(await seen(ann), expected);
  ann.assertCalm(CUT);
  bob.assertCalm();
});

Deno.test("a server that is killed and comes back finds open pages that go on", async () => {
  await using folder = await temporaryFolder();
  const { stage, ann, bob } = await talking({ DATA_DIR: folder.path });
  await using _ = stage;
  await ann.send("before");
  await bob.message("before").waitFor();
  await stage.kill();
  await ann.send("into the dark");
  await bob.composer.fill("half a thought");
  await stage.restart();
  await bob.message("into the dark").waitFor();
  assertEquals(await bob.composer.inputValue(), "half a thought");
  assertEquals(await seen(ann), ["before", "into the dark"]);
  assertEquals(await seen(bob), ["before", "into the dark"]);
  for (const visitor of [ann, bob]) visitor.assertCalm(CUT);
});
