import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { BlobsUnavailable } from "../../src/ports/blobs.ts";
import { numbered, partsOf, textOf } from "../support/bytes.ts";

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  try {
    await run(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const child = (...args: readonly string[]) => [
  Deno.execPath(),
  ...["run", "--no-check", "--allow-all", new URL("blobs_child.ts", import.meta.url).pathname, ...args],
];

Deno.test("folder: a disk that is full is told as such, keeps nothing half visible, and serves on", async () => {
  await inFolder(async (dir) => {
    // A limit on the size of files stands for the disk: the same calls fail in the same places.
    const script = `trap '' XFSZ; ulimit -f 2048; exec "$@"`;
    const command = new Deno.Command("sh", { args: ["-c", script, "sh", ...child("fill", dir)] });
    const { stdout, stderr } = await command.output();
    const told = new TextDecoder().decode(stdout).trim();
    assertEquals(told, "BlobsFull then kept", new TextDecoder().decode(stderr));
    const blobs = new FolderBlobs(dir);
    assertEquals(await blobs.size("large"), undefined);
    assertEquals(await blobs.size("small"), 5);
  });
});

Deno.test("folder: a process that is killed while it writes leaves drafts, and whole blobs alone", async () => {
  await inFolder(async (dir) => {
    const [path = "", ...args] = child("churn", dir);
    const running = new Deno.Command(path, { args, stdout: "piped" }).spawn();
    const reader = running.stdout.getReader();
    let sealed = "";
    while (sealed.split("\n").length < 20) sealed += new TextDecoder().decode((await reader.read()).value);
    running.kill("SIGKILL");
    await running.status;
    for (let rest = await reader.read(); !rest.done; rest = await reader.read()) {
      sealed += new TextDecoder().decode(rest.value);
    }
    const blobs = new FolderBlobs(dir);
    const told = sealed.split("\n").slice(0, -1);
    for (const key of told) assertEquals(await blobs.size(key), 300_000, key);
    for await (const { name: folder } of Deno.readDir(`${dir}/blobs`)) {
      for await (const { name } of Deno.readDir(`${dir}/blobs/${folder}`)) {
        assertEquals(await blobs.size(name), 300_000, name);
      }
    }
  });
});

Deno.test("folder: one that cannot be used is unavailable", async () => {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/drafts`, "a file");
    const blobs = new FolderBlobs(dir);
    await assertRejects(() => blobs.append("d", 0, partsOf("x")), BlobsUnavailable);
  });
});

Deno.test("folder: who reads a blob that is removed reads on", async () => {
  await inFolder(async (dir) => {
    const blobs = new FolderBlobs(dir);
    const { version } = await blobs.append("d", 0, numbered(0, 1_000_000));
    await blobs.seal("d", version, "key");
    const stream = await blobs.read("key");
    assert(stream);
    await blobs.remove("key");
    assertEquals((await textOf(stream)).length > 0, true);
  });
});

Deno.test("folder: what it makes is for its own user alone", async () => {
  await inFolder(async (dir) => {
    const blobs = new FolderBlobs(dir);
    const { version } = await blobs.append("d", 0, partsOf("x"));
    await blobs.seal("d", version, "key");
    const { mode } = await Deno.stat(`${dir}/blobs/ke/key`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
  });
});
