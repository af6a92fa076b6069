import { assertEquals } from "@std/assert";
import plugin from "./support/lint_plugin.ts";

/** The rules that a source breaks when it stands at `path`. */
function broken(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, `/parley/${path}`, source).map(({ id }) => id.replace("parley/", ""));
}

Deno.test("no-import-time-work refuses statements, timers and awaits outside functions", () => {
  const sources = [
    "register();",
    "const timer = setInterval(() => {}, 1);",
    "const port = Deno.args[0];",
    "const data = await load();",
    "if (a) b();",
    "for (const a of b) c(a);",
  ];
  for (const source of sources) assertEquals(broken("src/app.ts", source), ["no-import-time-work"], source);
});

Deno.test("no-import-time-work admits declarations, and anything in main.ts and outside src", () => {
  const source = [
    'const users = collection({ name: "users" });',
    "const send = async () => await go();",
    "class A { #t = setTimeout(() => {}, 1); static b = async () => { await c(); }; }",
    "export function start() { setInterval(() => {}, 1); }",
  ].join("\n");
  assertEquals(broken("src/app.ts", source), []);
  assertEquals(broken("src/main.ts", "await run();"), []);
  assertEquals(broken("tests/app_test.ts", "await run();"), []);
});

Deno.test("environment-in-config keeps the environment to the configuration", () => {
  const source = 'export const a = () => process.env.A;\nexport const b = () => Deno.env.get("B");';
  const id = "environment-in-config";
  assertEquals(broken("src/adapters/store_mongo.ts", source), [id, id]);
  assertEquals(broken("src/config.ts", source), []);
});

Deno.test("runtime-at-the-edge keeps Deno out of the middle", () => {
  const source = "export const open = (path: string) => Deno.open(path);";
  assertEquals(broken("src/modules/messages/service.ts", source), ["runtime-at-the-edge"]);
  assertEquals(broken("src/kernel/ids.ts", source), ["runtime-at-the-edge"]);
  assertEquals(broken("src/adapters/blobs_folder.ts", source), []);
  assertEquals(broken("src/realtime/upgrade.ts", source), []);
});

Deno.test("literal-imports refuses an import of a computed name", () => {
  assertEquals(broken("src/main.ts", "const a = (b: string) => import(b);"), ["literal-imports"]);
  assertEquals(broken("src/main.ts", 'const a = () => import("./b.ts");'), []);
});
