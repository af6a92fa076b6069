import { openBrowserStage, temporaryFolder } from "../support/browser.ts";

for (const reducedMotion of ["reduce", "no-preference"] as const) {
  Deno.test(`the newest message is all in view, be it opened or sent: motion ${reducedMotion}`, async () => {
    await using folder = await temporaryFolder();
    await using stage = await openBrowserStage({ DATA_DIR: folder.path });
    const { rest } = stage;
    const [ann, bob] = await rest.users("ann", "bob");
    const id = await rest.group(ann, [bob], { name: "Harbour walk" });
    for (let n = 1; n <= 12; n++) {
      const message = await rest.send(
        ann,
        id,
        `message ${n}\n- one\n- two\n> quoted https://example.org/${n}`,
      );
      await rest.ok(bob, `POST /api/messages/${message.id}/reactions`, { emoji: "👍" });
    }
    const visitor = await stage.visit("/", { reducedMotion });
    await visitor.logIn("ann");
    await visitor.open("Harbour walk");
    await visitor.message(/message 12/).waitFor();
    await visitor.atEnd();
    for (const text of ["one more", "and\nthe\nlast"]) {
      await visitor.send(text);
      await visitor.message(new RegExp(text.slice(-4))).waitFor();
      await visitor.atEnd();
    }
    visitor.assertCalm();
  });
}
