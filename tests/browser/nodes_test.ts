import { CUT, openBrowserStage, temporaryFolder } from "../support/browser.ts";
import { redisUrl } from "../support/redis/server.ts";
import { mongoUri, openTestStore } from "../support/store.ts";

Deno.test({
  name: "a page on one node talks with a page on another, and goes on when the other node dies",
  ignore: mongoUri === undefined || redisUrl === undefined,
  async fn() {
    await using folder = await temporaryFolder();
    await using store = await openTestStore([], "mongodb");
    const shared = {
      MONGODB_URI: store.place.kind === "mongodb" ? store.place.uri : "",
      REDIS_URL: redisUrl ?? "",
      DATA_DIR: folder.path,
      JWT_SECRET: crypto.randomUUID() + crypto.randomUUID(),
    };
    await using here = await openBrowserStage(shared);
    await using there = await openBrowserStage(shared);
    const [ann, bob] = await here.rest.users("ann", "bob");
    await here.rest.ok(ann, "POST /api/conversations", { type: "direct", participants: [bob.id] });
    const [{ at: atHere }] = await here.seat(ann);
    const [{ at: atThere }] = await there.seat(bob);
    await atHere.open("bob Example");
    await atThere.open("ann Example");
    await atHere.send("from here");
    await atThere.message("from here").waitFor();
    await atThere.send("from there");
    await atHere.message("from there").waitFor();
    await there.kill();
    await atHere.send("are you there?");
    await there.restart();
    await atThere.message("are you there?").waitFor();
    atHere.assertCalm();
    atThere.assertCalm(CUT);
  },
});
