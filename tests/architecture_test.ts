import { assert, assertEquals } from "@std/assert";
import { importsOf, wrongArrow, wrongPackage } from "./support/arrows.ts";
import { gitFiles, sourceFiles } from "./support/files.ts";

const sources = await sourceFiles("src");

Deno.test("imports of src run one way", () => {
  const wrong = sources.flatMap(({ path, text }) => {
    const at = new URL(path, "file:///");
    return importsOf(text).map((specifier) =>
      specifier.startsWith(".")
        ? wrongArrow(path, new URL(specifier, at).pathname.slice(1))
        : wrongPackage(path, specifier)
    );
  });
  assertEquals(wrong.filter((reason) => reason !== undefined), []);
});

Deno.test("folders of the web app import one way", () => {
  const folderOf = (path: string) => /^src\/web\/(\w+)\//.exec(path)?.[1];
  const below = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    const folder = folderOf(path);
    if (!folder) continue;
    const others = importsOf(text).flatMap((specifier) => {
      const target = folderOf(new URL(specifier, new URL(path, "file:///")).pathname.slice(1));
      return target && target !== folder ? [target] : [];
    });
    below.set(folder, (below.get(folder) ?? new Set()).union(new Set(others)));
  }
  // Whoever imports nobody that is left can be taken away; what then stays goes round in circles.
  for (let left = Infinity; below.size < left;) {
    left = below.size;
    for (const [folder, others] of below) {
      if (![...others].some((other) => below.has(other))) below.delete(folder);
    }
  }
  assertEquals([...below.keys()], []);
});

Deno.test("imports of src name files that are there and packages that deno.json pins", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
  const pinned = Object.keys(imports);
  const paths = new Set(sources.map(({ path }) => path));
  const known = (path: string, specifier: string) =>
    specifier.startsWith(".")
      ? paths.has(new URL(specifier, new URL(path, "file:///")).pathname.slice(1)) ||
        /\.(json|js|css|svg)$/.test(specifier)
      : specifier.startsWith("node:") ||
        pinned.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  const unknown = sources.flatMap(({ path, text }) =>
    importsOf(text).filter((specifier) => !known(path, specifier)).map((specifier) =>
      `${path} -> ${specifier}`
    )
  );
  assertEquals(unknown, []);
});

Deno.test("every pinned package is used", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
  const used = [...sources, ...await sourceFiles("tests")].flatMap(({ text }) => importsOf(text));
  const idle = Object.keys(imports).filter((name) =>
    !used.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))
  );
  assertEquals(idle, []);
});

Deno.test("every pinned package has an exact version", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
  const loose = Object.values<string>(imports)
    .filter((target) => !target.startsWith("./"))
    .filter((target) => !/^npm:(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+(\/|$)/.test(target));
  assertEquals(loose, []);
});

Deno.test("no file of src is longer than 350 lines", () => {
  const long = sources.map(({ path, text }) => [path, text.trimEnd().split("\n").length] as const)
    .filter(([, lines]) => lines > 350);
  assertEquals(long, []);
});

Deno.test("files are named in snake_case", async () => {
  const files = [...sources, ...await sourceFiles("tests")].map(({ path }) => path);
  assertEquals(files.filter((path) => !/^(\.?[a-z0-9_]+\/)*[a-z0-9_]+(\.d)?\.tsx?$/.test(path)), []);
});

Deno.test("the top level holds the agreed files and hidden ones only", async () => {
  const agreed =
    /^(src|tests|deno\.json|deno\.lock|Dockerfile|fly\.toml|README\.md|compose\.yaml|LICENSE|\..+)$/;
  const top = new Set((await gitFiles()).map((path) => path.split("/")[0] ?? ""));
  assert(top.has("src"));
  assertEquals([...top].filter((name) => !agreed.test(name)), []);
});

Deno.test("wrongArrow() refuses arrows that point up or across", () => {
  const wrong = [
    ["src/kernel/ids.ts", "src/ports/store.ts"],
    ["src/ports/store.ts", "src/order/records.ts"],
    ["src/order/lane.ts", "src/adapters/store_sqlite.ts"],
    ["src/http/route.ts", "src/realtime/hub.ts"],
    ["src/realtime/hub.ts", "src/http/problem.ts"],
    ["src/realtime/hub.ts", "src/modules/messages/service.ts"],
    ["src/modules/messages/service.ts", "src/modules/users/service.ts"],
    ["src/modules/messages/service.ts", "src/adapters/store_sqlite.ts"],
    ["src/modules/messages/service.ts", "src/realtime/hub.ts"],
    ["src/modules/messages/service.ts", "src/config.ts"],
    ["src/modules/messages/routes.ts", "src/ports/store.ts"],
    ["src/adapters/store_sqlite.ts", "src/order/records.ts"],
    ["src/adapters/store_sqlite.ts", "src/adapters/store_mongo.ts"],
    ["src/adapters/sqlite/table.ts", "src/adapters/mongo/table.ts"],
    ["src/adapters/store_mongo.ts", "src/adapters/sqlite/table.ts"],
    ["src/app.ts", "src/adapters/store_sqlite.ts"],
    ["src/app.ts", "src/main.ts"],
    ["src/config.ts", "src/app.ts"],
    ["src/helpers/misc.ts", "src/kernel/ids.ts"],
  ] as const;
  assertEquals(wrong.filter(([from, to]) => wrongArrow(from, to) === undefined), []);
});

Deno.test("wrongArrow() lets arrows run down and inside a part", () => {
  const right = [
    ["src/main.ts", "src/app.ts"],
    ["src/main.ts", "src/adapters/store_mongo.ts"],
    ["src/main.ts", "src/config.ts"],
    ["src/app.ts", "src/modules/messages/routes.ts"],
    ["src/modules/messages/routes.ts", "src/modules/messages/service.ts"],
    ["src/modules/messages/commands.ts", "src/realtime/command.ts"],
    ["src/modules/messages/service.ts", "src/ports/store.ts"],
    ["src/order/lane.ts", "src/kernel/errors.ts"],
    ["src/adapters/store_sqlite.ts", "src/adapters/sqlite/table.ts"],
    ["src/config.ts", "src/config_values.ts"],
  ] as const;
  assertEquals(right.map(([from, to]) => wrongArrow(from, to)).filter(Boolean), []);
});

Deno.test("wrongPackage() keeps drivers in adapters", () => {
  assert(wrongPackage("src/modules/users/service.ts", "mongodb"));
  assert(wrongPackage("src/order/lane.ts", "node:sqlite"));
  assert(wrongPackage("src/kernel/ids.ts", "hono/http-exception"));
  assertEquals(wrongPackage("src/adapters/mongo/client.ts", "mongodb"), undefined);
  assertEquals(wrongPackage("src/kernel/ids.ts", "ulid"), undefined);
});

Deno.test("importsOf() finds every form of import and none in comments", () => {
  const source = [
    `import { a } from "./a.ts";`,
    `import type {`,
    `  B,`,
    `} from "./b.ts";`,
    `import "./c.ts";`,
    `export * from "./d.ts";`,
    `export { e } from './e.ts';`,
    `const f = await import("./f.ts");`,
    `type G = import("./g.ts").G;`,
    `/**`,
    ` * import { no } from "./no.ts";`,
    ` * await import("./no.ts")`,
    ` */`,
    `// import("./no.ts")`,
    `export const from = "./no.ts";`,
  ].join("\n");
  assertEquals(importsOf(source).sort(), [
    "./a.ts",
    "./b.ts",
    "./c.ts",
    "./d.ts",
    "./e.ts",
    "./f.ts",
    "./g.ts",
  ]);
});
