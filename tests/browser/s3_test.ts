import { PutBucketCorsCommand } from "@aws-sdk/client-s3";
import type { CORSRule } from "@aws-sdk/client-s3";
import { assert, assertEquals } from "@std/assert";
import { clientOf } from "../../src/adapters/s3/bucket.ts";
import { s3Options, s3Url, startS3 } from "../support/s3/server.ts";
import type { Visitor } from "../support/browser.ts";
import { film, pictures, png, share, talking, until } from "./files_stage.ts";
import type { GivenFile, Two } from "./files_stage.ts";

/** What README tells to set on a bucket. */
async function readmeRules(origin: string): Promise<CORSRule[]> {
  const [, rules = ""] = /(\[\{"AllowedOrigins".*\])\n/.exec(await Deno.readTextFile("README.md")) ?? [];
  return JSON.parse(rules.replaceAll("https://chat.example.org", origin));
}

/** Announces a file, and has the page bring it where it is told to; answers what the bucket said, or why it was not asked. */
async function put({ ann, stage: { rest }, users: [user], groupId }: Two, file: GivenFile) {
  const { upload, ...told } = await rest.ok(user, "POST /api/uploads/presign", {
    conversationId: groupId,
    ...{ fileName: file.name, mimeType: file.mimeType, fileSize: file.buffer.length },
  });
  const asked = { ...told, base64: file.buffer.toString("base64") };
  const said = await ann.page.evaluate(async ({ method, url, headers, base64 }) => {
    const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return await fetch(url, { method, headers, body }).then(({ status }) => status, String);
  }, asked);
  return { id: upload.id as string, url: told.url as string, said };
}

Deno.test({
  name:
    "pages bring files to a bucket, show its pictures and seek in its films, and no policy stands in the way",
  ignore: !s3Url,
  async fn() {
    await using server = await startS3();
    const options = s3Options(server.url);
    const origin = new URL(server.url).origin;
    await using two = await talking({}, {
      UPLOAD_DELIVERY: "redirect",
      S3_BUCKET: options.bucket,
      S3_ENDPOINT: origin,
      S3_REGION: options.region,
      S3_ACCESS_KEY_ID: options.accessKeyId,
      S3_SECRET_ACCESS_KEY: options.secretAccessKey,
    });
    const { stage: { rest, url }, users: [annUser], groupId, ann, bob } = two;
    const refused = await put(two, png());
    assertEquals(refused.said, "TypeError: Failed to fetch", "a bucket without a rule lets no page write");
    // Both things that a browser says then.
    for (const told of [/blocked by CORS policy/, /net::ERR_FAILED$/]) {
      await until(() => ann.complaints.some((line) => told.test(line)));
    }
    ann.complaints.length = 0;

    const s3 = clientOf(options, options.endpoint);
    const CORSRules = await readmeRules(new URL(url).origin);
    await s3.send(new PutBucketCorsCommand({ Bucket: options.bucket, CORSConfiguration: { CORSRules } }));
    s3.destroy();
    const brought = await put(two, png());
    assertEquals([new URL(brought.url).origin, brought.said], [origin, 200]);
    await rest.ok(annUser, `POST /api/uploads/${brought.id}/complete`);
    const content = { type: "image", metadata: { uploadId: brought.id } };
    await rest.send(annUser, groupId, "", { content });
    await pictures(bob).waitFor();

    await share(two, await film(bob));
    const video = bob.history.locator("video");
    await video.waitFor();
    await until(() => video.evaluate((media) => media.duration > 0.2 && media.duration < 60));
    const reached = await video.evaluate(async (media) => {
      const sought = new Promise((resolve) => media.addEventListener("seeked", resolve, { once: true }));
      media.currentTime = media.duration / 2;
      await sought;
      return media.currentTime / media.duration;
    });
    assertEquals(Math.round(reached * 10), 5);
    assertDirect(bob, origin, brought.id);
    for (const visitor of [ann, bob]) {
      assertEquals(visitor.complaints.filter((line) => !line.startsWith(`request: ${origin}/`)), []);
    }
  },
});

/** That what is shown came from the bucket itself. */
function assertDirect({ complaints }: Visitor, origin: string, uploadId: string): void {
  const asked = complaints.filter((line) => line.startsWith(`request: ${origin}/`));
  assert(asked.length >= 2, `nothing but ${asked} was asked of the bucket for ${uploadId} and the film`);
}
