import { assert, assertEquals } from "@std/assert";
import { say } from "../support/browser.ts";
import type { Visitor } from "../support/browser.ts";
import { wave } from "../support/sounds.ts";
import { pick, sendThose, talking, until } from "./files_stage.ts";

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
  assertEquals(await bob.history.getByRole("slider").count(), 0, "it has the browser's own player");
  bob.assertCalm();
});

/** Has someone say something for two seconds, or longer where the page is slow, and send it. */
async function speak({ context, page }: Visitor): Promise<void> {
  await context.grantPermissions(["microphone"]);
  await page.getByRole("button", { name: say("files.voice"), exact: true }).click();
  await page.getByRole("timer").getByText(/0:0[2-9]|0:[1-5]\d/).waitFor();
  await page.getByRole("button", { name: say("files.voice_send"), exact: true }).click();
}

Deno.test("a voice message is recorded and arrives with its waveform, or is discarded", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await ann.context.grantPermissions(["microphone"]);
  await ann.page.getByRole("button", { name: say("files.voice"), exact: true }).click();
  await ann.page.getByRole("timer").getByText(/0:0[1-9]|0:[1-5]\d/).waitFor();
  await ann.page.keyboard.press("Escape");
  await ann.composer.waitFor();
  await speak(ann);
  const audio = bob.history.locator("audio");
  await audio.waitFor({ state: "attached" });
  // The browser does not write down how long it took: the player finds out.
  await until(() => audio.evaluate((media) => media.duration > 1 && media.duration < 60));
  assertEquals(await bob.history.getByRole("article").count(), 1);
  for (const { history } of [ann, bob]) {
    const bars = history.locator(".voice-track > .waveform path");
    await bars.waitFor();
    const shape = await bars.getAttribute("d") ?? "";
    // Of 48 bars, and not all alike: the microphone of the tests beeps.
    assertEquals(shape.match(/M/g)?.length, 48);
    assert(new Set(shape.match(/v[\d.]+/g)).size > 1, shape);
  }
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("bars of a voice message fill while it is heard, and lead anywhere by pointer and by keys", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  await speak(ann);
  const button = (name: string) => bob.history.getByRole("button", { name, exact: true });
  const audio = bob.history.locator("audio");
  const track = bob.history.getByRole("slider", { name: say("files.voice_place") });
  const heard = bob.history.locator(".voice-heard");
  /** The share of it that was heard, by what sounds and by what is seen. */
  const shares = async () => [
    await audio.evaluate((media) => media.currentTime / media.duration),
    1 - Number.parseFloat(await heard.evaluate((bars) => bars.style.getPropertyValue("--ahead"))) / 100,
  ];
  const at = (share: number) =>
    until(async () => (await shares()).every((one) => Math.abs(one - share) < 0.02));
  await audio.waitFor({ state: "attached" });
  await until(() => audio.evaluate((media) => media.duration > 1 && media.duration < 60));
  await at(0);
  const box = await track.boundingBox();
  assert(box);
  await bob.page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
  await at(0.25);
  await bob.page.mouse.down();
  await bob.page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2);
  await bob.page.mouse.up();
  await at(0.75);
  await track.focus();
  await bob.page.keyboard.press("ArrowLeft");
  await at(0.65);
  await bob.page.keyboard.press("Home");
  await at(0);
  await bob.page.keyboard.press("ArrowRight");
  await at(0.1);
  // Slowly, so that a busy machine sees it on its way, too.
  await audio.evaluate((media) => media.playbackRate = 0.25);
  await bob.page.keyboard.press("Space");
  await button(say("files.voice_pause")).waitFor();
  await until(async () => (await shares()).every((one) => one > 0.2));
  await audio.evaluate((media) => media.playbackRate = 4);
  await button(say("files.voice_play")).waitFor();
  await at(0);
  for (const [speed, next] of [[1, 1.5], [1.5, 2], [2, 1]] as const) {
    await button(say("files.voice_speed", { speed })).click();
    await button(say("files.voice_speed", { speed: next })).waitFor();
    await until(() => audio.evaluate((media, rate) => media.playbackRate === rate, next));
  }
  await bob.page.reload();
  await track.waitFor();
  for (const visitor of [ann, bob]) visitor.assertCalm();
});

Deno.test("what is heard stops when something else begins", async () => {
  await using two = await talking();
  const { ann, bob } = two;
  for (const name of ["one.wav", "two.wav"]) {
    await pick(ann, { name, mimeType: "audio/wav", buffer: wave(20) });
  }
  await sendThose(ann, 2);
  const audio = (nth: number) => bob.history.locator("audio").nth(nth);
  for (const nth of [0, 1]) {
    await audio(nth).waitFor();
    await until(() => audio(nth).evaluate((media) => media.readyState >= 1));
    await audio(nth).evaluate((media) => media.play());
  }
  await until(() => audio(0).evaluate((media) => media.paused));
  assertEquals(await audio(1).evaluate((media) => media.paused), false);
  bob.assertCalm();
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
