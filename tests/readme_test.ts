import { assert, assertEquals } from "@std/assert";
import { VARIABLES } from "../src/config.ts";
import { ERRORS } from "../src/kernel/errors.ts";
import { parseTables, tableWith } from "./support/markdown.ts";

const readReadme = () => Deno.readTextFile("README.md");
const readTables = async () => parseTables(await readReadme());

Deno.test("README shows the error table as it is in the code", async () => {
  const shown = tableWith(await readTables(), "code", "status", "retry").map(({ code, status, retry }) =>
    `${code} ${status} ${/^(yes|no)$/.exec(retry ?? "")?.[0]}`
  );
  const real = Object.entries(ERRORS).map(([code, { status, retryable }]) =>
    `${code} ${status} ${retryable ? "yes" : "no"}`
  );
  assertEquals(shown.sort(), real.sort());
});

Deno.test("README names every variable of the configuration and no other", async () => {
  const rows = tableWith(await readTables(), "variable", "default");
  const named = rows.flatMap(({ variable }) => variable?.match(/[A-Z][A-Z0-9_]+/g) ?? []);
  assertEquals(named.sort(), [...VARIABLES].sort());
});

Deno.test(".env.example names every variable of the configuration and no other", async () => {
  const example = await Deno.readTextFile(".env.example");
  const named = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? "");
  assertEquals([...new Set(named)].sort(), [...VARIABLES].sort());
});

Deno.test("README runs the Deno of the image, and tasks that are there", async () => {
  const readme = await readReadme();
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const image = /^FROM denoland\/deno:(\S+)/m.exec(await Deno.readTextFile("Dockerfile"))?.[1];
  assertEquals([...new Set(readme.match(/deno@\d+(\.\d+)*/g))], [`deno@${image}`]);
  const named = [...readme.matchAll(/\btask ([a-z][\w:-]*)/g)].map(([, name]) => name ?? "");
  assert(named.includes("start") && named.includes("test"));
  assertEquals(named.filter((name) => !(name in tasks)), []);
});

Deno.test("README links to files that are there", async () => {
  const paths = [...(await readReadme()).matchAll(/\]\((?!https?:|#|\/)([^)#\s]+)/g)].map(([, path]) =>
    path ?? ""
  );
  for (const path of paths) await Deno.stat(path);
});
