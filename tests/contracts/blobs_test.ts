import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { newId } from "../../src/kernel/ids.ts";
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
}
