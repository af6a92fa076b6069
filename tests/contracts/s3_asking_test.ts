import { assertEquals, assertRejects } from "@std/assert";
import { asking } from "../../src/adapters/s3/bucket.ts";
import { BlobsUnavailable } from "../../src/ports/blobs.ts";

/** What is asked for fails as told, one time after the other, and then gives "there". */
function failing(...failures: readonly unknown[]): { ask: () => Promise<string>; asked: () => number } {
  let asked = 0;
  return {
    ask: () => asked < failures.length ? Promise.reject(failures[asked++]) : Promise.resolve("there"),
    asked: () => asked,
  };
}

const said = (httpStatusCode: number) => Object.assign(new Error("no"), { $metadata: { httpStatusCode } });
const broken = new Error("the connection ended");

Deno.test("what failed because of the moment is asked for up to three times", async () => {
  for (const failure of [broken, said(408), said(409), said(429), said(500), said(503)]) {
    assertEquals(await asking(failing(failure, failure).ask), "there");
    const { ask, asked } = failing(failure, failure, failure);
    await assertRejects(() => asking(ask), BlobsUnavailable);
    assertEquals(asked(), 3);
  }
});

Deno.test("an answer that says no is not asked for again", async () => {
  for (const status of [400, 403, 404, 412]) {
    const answer = said(status);
    const { ask, asked } = failing(answer);
    assertEquals(await asking(ask).catch((error: unknown) => error), answer);
    assertEquals(asked(), 1);
  }
});

Deno.test("what took its time to fail is not asked for again", async () => {
  let asked = 0;
  const ask = async () => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 600));
    throw broken;
  };
  await assertRejects(() => asking(ask), BlobsUnavailable);
  assertEquals(asked, 1);
});
