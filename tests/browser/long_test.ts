import { assertEquals } from "@std/assert";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";

const MESSAGES = 5_000;
/** Rows that may stand in the document at a time. */
const MOST_ROWS = 150;

Deno.test("of 5,000 messages, as they come and once they are loaded, only those near the view stand in the page", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.rest.users("ann", "bob");
  const { id } = await stage.rest.ok(ann, "POST /api/conversations", {
    type: "group",
    name: "Long haul",
    participants: [bob.id],
  });
  const visitor = await stage.visit();
  await visitor.logIn("bob");
  await visitor.open("Long haul");
  const { page, history } = visitor;
  for (let n = 0; n < MESSAGES; n += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => {
      const content = `message ${n + i + 1}${(n + i) % 9 ? "" : "\nwith\nlines"}`;
      return stage.rest.ok(ann, "POST /api/messages", { conversationId: id, clientId: `${n + i}`, content });
    }));
  }
  await stage.rest.send(ann, id, "the last one");
  await visitor.message("the last one").waitFor();
  await visitor.atEnd();
  let most = await history.getByRole("article").count();

  await page.reload();
  await visitor.message("the last one").waitFor();
  // Up to the first message, page by page, as one who reads everything would.
  const first = history.getByText(say("conversation.beginning_group", { name: "Long haul" }));
  while (await first.count() === 0) {
    await history.evaluate((element) => element.scrollTo(0, 0));
    await page.evaluate("new Promise((done) => setTimeout(done, 10))");
    most = Math.max(most, await history.getByRole("article").count());
  }
  const frames = await history.evaluate(async (element) => {
    const deltas: number[] = [];
    let last = performance.now();
    for (let step = 0; step < 300; step++) {
      element.scrollBy(0, 300);
      const now = await new Promise<number>((done) => Reflect.get(globalThis, "requestAnimationFrame")(done));
      deltas.push(now - last);
      last = now;
    }
    return deltas.slice(1).sort((a, b) => a - b);
  });
  most = Math.max(most, await history.getByRole("article").count());
  assertEquals(most <= MOST_ROWS, true, `${most} rows`);
  const at = (part: number) => (frames[Math.floor(frames.length * part)] ?? 0).toFixed(1);
  const line = `${MESSAGES} messages: at most ${most} rows; frames p50 ${at(0.5)} ms, p95 ${at(0.95)} ms\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
  visitor.assertCalm();
});
