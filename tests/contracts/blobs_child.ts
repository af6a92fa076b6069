/** A process that keeps files in a folder until it is stopped, or the folder is full. */
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { numbered, partsOf } from "../support/bytes.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function fill(blobs: FolderBlobs): Promise<void> {
  const outcome = await blobs.append("large", 0, numbered(0, 10_000_000)).catch((error: Error) => error);
  const { version } = await blobs.append("small", 0, partsOf("small"));
  await blobs.seal("small", version, "small");
  say(`${outcome instanceof Error ? outcome.name : "no error"} then kept`);
}

async function churn(blobs: FolderBlobs): Promise<void> {
  for (let n = 0;; n++) {
    const { version } = await blobs.append(`draft-${n}`, 0, numbered(n, 300_000));
    await blobs.seal(`draft-${n}`, version, `${n}-key`);
    say(`${n}-key`);
  }
}

if (import.meta.main) {
  const [task, dir = ""] = Deno.args;
  await (task === "fill" ? fill : churn)(new FolderBlobs(dir));
}
