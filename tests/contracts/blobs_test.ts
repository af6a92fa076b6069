import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { S3Blobs } from "../../src/adapters/blobs_s3.ts";
import { newId } from "../../src/kernel/ids.ts";
import { s3Options, s3Url } from "../support/s3/server.ts";
import { blobCases } from "./blobs_cases.ts";

for (const { name, run } of blobCases) {
  Deno.test(`folder: ${name}`, async () => {
    const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
    try {
      await run(new FolderBlobs(dir), newId());
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
  Deno.test({
    name: `s3: ${name}`,
    ignore: !s3Url,
    async fn() {
      const blobs = new S3Blobs(s3Options(s3Url ?? ""));
      try {
        await run(blobs, newId());
      } finally {
        await blobs.close();
      }
    },
  });
}
