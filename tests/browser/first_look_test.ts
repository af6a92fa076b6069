import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowserStage, say, temporaryFolder } from "../support/browser.ts";
import type { BrowserStage } from "../support/browser.ts";

/** A telephone four times slower than this machine, in a slow network. */
const SLOWER = 4;
const SLOW = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };

/** Passes requests on to the server, and gives out its service worker as the one of the next version once told to. */
function openFront(stage: BrowserStage) {
  const front = { url: "", isNext: false, [Symbol.asyncDispose]: () => server.shutdown() };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const answer = await fetch(`${stage.url}${pathname}`);
    const headers = new Headers(answer.headers);
    for (const name of ["content-encoding", "content-length"]) headers.delete(name);
    const more = pathname === "/sw.js" && front.isNext ? "\n// the next version" : "";
    return new Response(await answer.text() + more, { status: answer.status, headers });
  });
  front.url = `http://127.0.0.1:${server.addr.port}`;
  return front;
}

/** Waits until the app is kept for times without a network. */
function kept(page: Page): Promise<unknown> {
  return page.evaluate(`new Promise((done) => {
    const look = () => navigator.serviceWorker.controller ? done() : setTimeout(look, 20);
    look();
  })`);
}

Deno.test("the app is painted on a slow telephone, and sooner the next time", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  const { page, context } = await stage.visit("/docs", { viewport: { width: 390, height: 844 } });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", SLOW);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const painted: number[] = [];
  for (let look = 0; look < 2; look++) {
    await page.goto(stage.url);
    await page.getByLabel(say("auth.identity")).waitFor();
    const paint = await page.waitForFunction<number | undefined>(
      "performance.getEntriesByName('first-contentful-paint')[0]?.startTime",
    );
    painted.push(await paint.jsonValue() ?? 0);
    await kept(page);
  }
  assert(painted.every((ms) => ms > 0));
  const line = `first paint after ${painted.map((ms) => ms.toFixed(0)).join(" ms, then after ")} ms\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
});

Deno.test("a new version is offered, and taken at the reader's word, never under what is being typed", async () => {
  await using folder = await temporaryFolder();
  await using stage = await openBrowserStage({ DATA_DIR: folder.path });
  await using front = openFront(stage);
  const visitor = await stage.visit("/", {}, front.url);
  const { page } = visitor;
  const name = page.getByLabel(say("auth.identity"));
  await name.fill("half a na");
  await kept(page);
  front.isNext = true;
  await page.evaluate("navigator.serviceWorker.ready.then((worker) => void worker.update())");
  await page.getByText(say("update.ready")).waitFor();
  assertEquals(await name.inputValue(), "half a na");
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: say("update.reload") }).click();
  await loaded;
  await name.waitFor();
  assertEquals(await page.getByText(say("update.ready")).count(), 0);
  visitor.assertCalm();
});
