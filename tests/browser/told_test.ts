import { assertEquals } from "@std/assert";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import { keptIn, until } from "./files_stage.ts";

Deno.test("a message that the server refuses stays, with the reason, and is sent again on the reader's word", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.people("ann", "bob");
  await stage.rest.direct(ann.user, bob.user);
  await ann.at.open("bob Example");
  await stage.rest.ok(bob.user, `PUT /api/users/${ann.user.id}/block`);
  await ann.at.send("Are you there?");
  const message = ann.at.message("Are you there?");
  await message.getByText(say("message.failed_because", { reason: say("error.forbidden") })).waitFor();
  await stage.rest.ok(bob.user, `DELETE /api/users/${ann.user.id}/block`);
  // What was refused is kept as such, else the page would send it by itself.
  await until(async () => (await keptIn(ann.at.page)).some(({ value }) => Object(value).failure));
  await ann.at.page.reload();
  await message.getByRole("button", { name: say("message.retry") }).click();
  await bob.at.open("ann Example");
  await bob.at.message("Are you there?").waitFor();
  await message.getByText(say("message.state_read"), { exact: true }).waitFor();

  await stage.rest.ok(bob.user, `PUT /api/users/${ann.user.id}/block`);
  await ann.at.send("Still there?");
  const second = ann.at.message("Still there?");
  await second.getByRole("button", { name: say("message.discard") }).click();
  await second.waitFor({ state: "detached" });
  assertEquals(await bob.at.message("Still there?").count(), 0);
  for (const { at } of [ann, bob]) at.assertCalm();
});

Deno.test("a message that overtakes a refused one is no longer faint once it is sent", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.people("ann", "bob");
  await stage.rest.direct(ann.user, bob.user);
  await ann.at.open("bob Example");
  await stage.rest.ok(bob.user, `PUT /api/users/${ann.user.id}/block`);
  await ann.at.send("Refused");
  await ann.at.message("Refused").getByRole("button", { name: say("message.retry") }).waitFor();
  await stage.rest.ok(bob.user, `DELETE /api/users/${ann.user.id}/block`);
  await ann.at.send("Taken");
  const taken = ann.at.message("Taken");
  await taken.locator(".tick-sent, .tick-delivered, .tick-read").waitFor();
  const faint = () =>
    taken.locator(".bubble").evaluate((bubble) => {
      const styleOf = Reflect.get(globalThis, "getComputedStyle") as (
        element: unknown,
      ) => { opacity: string };
      return styleOf(bubble).opacity;
    });
  await until(async () => await faint() === "1");
  for (const { at } of [ann, bob]) at.assertCalm();
});

Deno.test("what comes is read out once by those who listen, and what was there before is not", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const [ann, bob] = await stage.people("ann", "bob");
  const id = await stage.rest.group(ann.user, [bob.user], { name: "Harbour walk" });
  for (const text of ["one", "two", "three"]) await stage.rest.send(bob.user, id, text);
  await ann.at.open("Harbour walk");
  await ann.at.message("three").waitFor();
  await stage.rest.send(bob.user, id, "It is **time**");
  const log = ann.at.page.getByRole("log");
  await log.getByText(say("message.arrived", { name: "bob Example", text: "It is time" }), { exact: true })
    .waitFor();
  assertEquals(await log.getByRole("paragraph").count(), 1);
  assertEquals(await log.getAttribute("aria-live"), "polite");
  ann.at.assertCalm();
});
