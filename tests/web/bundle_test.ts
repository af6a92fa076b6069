import { assert, assertEquals } from "@std/assert";
import { keep } from "../../src/web/build/keep.ts";
import { builtWeb } from "./built.ts";

const KB = 1024;

async function sizes(): Promise<Map<string, number>> {
  const assets = new URL("assets/", await builtWeb());
  const found = new Map<string, number>();
  for await (const { name } of Deno.readDir(assets)) {
    found.set(name, (await Deno.stat(new URL(name, assets))).size);
  }
  return found;
}

function sum(found: ReadonlyMap<string, number>, kind: RegExp): number {
  return [...found].filter(([name]) => kind.test(name)).reduce((total, [, size]) => total + size, 0);
}

Deno.test("all scripts together are under 100 KB compressed, and the style sheet under 20", async () => {
  const found = await sizes();
  const [scripts, styles] = [sum(found, /\.js\.gz$/), sum(found, /\.css\.gz$/)];
  assert(scripts > 20 * KB && scripts < 100 * KB, `scripts: ${scripts} bytes`);
  assert(styles > 2 * KB && styles < 20 * KB, `styles: ${styles} bytes`);
});

Deno.test("German is loaded when it is wanted, not before", async () => {
  const folder = await builtWeb();
  const names = [...(await sizes()).keys()].filter((name) => name.endsWith(".js.gz"));
  const texts = new Map(
    await Promise.all(names.map(async (name) => {
      const file = (await Deno.open(new URL(`assets/${name}`, folder))).readable;
      return [name, await new Response(file.pipeThrough(new DecompressionStream("gzip"))).text()] as const;
    })),
  );
  const german = [...texts].filter(([, text]) => text.includes("Willkommen zur")).map(([name]) => name);
  assertEquals(german.map((name) => name.split(".")[0]), ["de"]);
});

Deno.test("an emoji catalog for each language takes under 60 KB", async () => {
  const catalogs = [...await sizes()].filter(([name]) => name.startsWith("emoji"));
  assertEquals(catalogs.map(([name]) => name.split(".")[0]).sort(), ["emoji", "emoji_de"]);
  for (const [name, size] of catalogs) assert(size > 20 * KB && size < 60 * KB, `${name}: ${size} bytes`);
});

Deno.test("the same sources make the same files", async () => {
  const first = await Array.fromAsync(Deno.readDir(new URL("assets/", await builtWeb())), ({ name }) => name);
  const again = await Deno.makeTempDir();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", "--unstable-bundle", "-A", "src/web/build/main.ts", again],
  }).output();
  assert(success);
  const second = await Array.fromAsync(Deno.readDir(`${again}/assets`), ({ name }) => name);
  await Deno.remove(again, { recursive: true });
  assertEquals(first.sort(), second.sort());
});

Deno.test("keep() writes what differs, leaves what is the same, and takes away what is no longer there", async () => {
  const folder = await Deno.makeTempDir();
  const bytes = (text: string) => new TextEncoder().encode(text);
  await keep(folder, new Map([["a", bytes("1")], ["deep/b", bytes("2")], ["c", bytes("3")]]));
  await Deno.utime(`${folder}/a`, 1, 1);
  await keep(folder, new Map([["a", bytes("1")], ["deep/b", bytes("9")]]));
  assertEquals((await Deno.stat(`${folder}/a`)).mtime?.getTime(), 1000);
  assertEquals(await Deno.readTextFile(`${folder}/deep/b`), "9");
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assertEquals(names.sort(), ["a", "deep"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("builds at the same time leave one whole app", async () => {
  const folder = await Deno.makeTempDir();
  const files = new Map(
    Array.from({ length: 20 }, (_, index) => [`${index}`, new Uint8Array(50_000).fill(index)]),
  );
  await Promise.all(Array.from({ length: 8 }, () => keep(folder, files)));
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assertEquals(names.sort(), [...files.keys()].sort());
  for (const [name, bytes] of files) assertEquals(await Deno.readFile(`${folder}/${name}`), bytes);
  await Deno.remove(folder, { recursive: true });
});
