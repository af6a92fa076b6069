import { assertEquals } from "@std/assert";
import { say } from "../support/browser.ts";
import { pick, sendThose, talking, until, wave } from "./files_stage.ts";

Deno.test("a recording is heard where it is, from any place in it", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await pick(ann, { name: "waves.wav", mimeType: "audio/wav", buffer: wave(4) });
  await sendThose(ann, 1);
  const audio = bob.history.locator("audio");
  await audio.waitFor();
  await until(() => audio.evaluate((media) => media.readyState >= 1));
  const heard = await audio.evaluate(async (media) => {
    const sought = new Promise((resolve) => media.addEventListener("seeked", resolve, { once: true }));
    media.currentTime = 3;
    await sought;
    return [Math.round(media.duration), Math.round(media.currentTime)];
  });
  assertEquals(heard, [4, 3]);
  bob.assertCalm();
});

Deno.test("a voice message is recorded and arrives, or is discarded", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await ann.context.grantPermissions(["microphone"]);
  const button = (name: string) => ann.page.getByRole("button", { name, exact: true });
  await button(say("files.voice")).click();
  await ann.page.getByRole("timer").getByText("0:01").waitFor();
  await ann.page.keyboard.press("Escape");
  await ann.composer.waitFor();
  await button(say("files.voice")).click();
  await ann.page.getByRole("timer").getByText("0:02").waitFor();
  await button(say("files.voice_send")).click();
  const audio = bob.history.locator("audio");
  await audio.waitFor();
  // The browser does not write down how long it took: the player finds out.
  await until(() => audio.evaluate((media) => media.duration > 1 && media.duration < 60));
  assertEquals(await bob.history.getByRole("article").count(), 1);
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("who does not let the microphone be heard is told so calmly", async () => {
  await using two = await talking();
  const { ann } = two;
  await ann.page.evaluate(() => {
    const refuse = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    Reflect.set(Reflect.get(navigator, "mediaDevices"), "getUserMedia", refuse);
  });
  await ann.page.getByRole("button", { name: say("files.voice"), exact: true }).click();
  await ann.page.getByText(say("files.voice_refused")).waitFor();
  await ann.send("Then in writing");
  await ann.message("Then in writing").waitFor();
  ann.assertCalm();
});
