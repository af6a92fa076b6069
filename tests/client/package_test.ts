import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { passwordOf } from "../support/accounts.ts";
import { startServer } from "../support/server.ts";

/** What a program that makes a client loads before it does anything, in bytes as they travel. */
const MOST_BYTES = 12 * 1024;

/** Runs a command and answers what it printed; throws with what it complained of. */
async function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(success, `${command} ${args.join(" ")}:\n${text(stdout)}\n${text(stderr)}`);
  return text(stdout);
}

/** The package as it is built, in a folder of its own that is gone in the end. */
async function build(): Promise<{ folder: string } & AsyncDisposable> {
  const root = await Deno.makeTempDir({ prefix: "parley-client-" });
  const folder = `${root}/node_modules/@parley/client`;
  await run(Deno.execPath(), ["run", "--frozen", "--allow-all", "src/client/build/main.ts", folder]);
  return { folder: root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

/** A program of the package's user, run under Node: answers and events, as they come. */
const PROGRAM = `
import { createClient, memoryStorage, ParleyError } from "@parley/client";
const [url, username, password, conversationId] = process.argv.slice(2);
const client = createClient({ url, storage: memoryStorage() });
client.on("message", ({ message, live }) => {
  console.log(JSON.stringify({ heard: message.content.text, live }));
  if (message.content.text === "pong") client.close();
});
const wrong = await client.login({ username, password: "not this one" }).catch((error) => error);
console.log(JSON.stringify({ refused: wrong instanceof ParleyError && wrong.code }));
await client.login({ username, password });
client.connect();
for await (const { status } of client.events("connection")) {
  if (status === "online") client.conversations.get(conversationId)?.send("ping");
}
console.log(JSON.stringify({ ended: client.connection.status }));
`;

Deno.test("the client is a package that needs no other, whose types are the sources', small and good for Node", async (t) => {
  await using built = await build();
  const { folder } = built;
  const file = (name: string) => Deno.readTextFile(`${folder}/node_modules/@parley/client/${name}`);

  await t.step("nothing is imported from elsewhere", async () => {
    for await (const { name } of Deno.readDir(`${folder}/node_modules/@parley/client`)) {
      if (!/\.(js|ts)$/.test(name)) continue;
      const specifiers = [...(await file(name)).matchAll(/\bfrom\s*"([^"]+)"|\bimport\("([^"]+)"\)/g)];
      assertEquals(
        specifiers.map(([, a, b]) => a ?? b ?? "").filter((path) => !path.startsWith("./")),
        [],
        name,
      );
    }
    assertEquals(JSON.parse(await file("package.json")).dependencies, undefined);
  });

  await t.step(`what a program loads that makes a client is less than ${MOST_BYTES} bytes`, async () => {
    // All that is imported without being asked for: what is loaded on demand does not count.
    assertEquals((await file("core.js")).match(/\bfrom\s*"|\bimport\s*"/g), null);
    const bytes = gzipSync(await file("core.js"), { level: 9 }).length;
    assert(bytes < MOST_BYTES, `${bytes} bytes`);
  });

  await t.step("its types are those of the sources", async () => {
    await Deno.writeTextFile(
      `${folder}/types.ts`,
      comparison(`${folder}/node_modules/@parley/client/core.d.ts`),
    );
    await run(Deno.execPath(), ["check", "--quiet", "--config", "deno.json", `${folder}/types.ts`]);
  });

  await t.step("it runs under Node against a server", async () => {
    await using server = await startServer();
    const [amina, bruno] = await server.users("amina", "bruno");
    const id = await server.direct(amina, bruno);
    await Deno.writeTextFile(`${folder}/program.mjs`, PROGRAM);
    const program = new Deno.Command("node", {
      // Before its version 22, Node has sockets only when it is told to.
      args: ["--experimental-websocket", "program.mjs", server.url, "amina", passwordOf("amina"), id],
      cwd: folder,
      stdout: "piped",
    }).spawn();
    const lines: string[] = [];
    for await (const text of program.stdout.pipeThrough(new TextDecoderStream())) {
      lines.push(...text.split("\n").filter(Boolean));
      if (text.includes("ping")) await server.send(bruno, id, "pong");
    }
    assertEquals((await program.status).code, 0);
    assertEquals(lines.map((line) => JSON.parse(line)), [
      { refused: "invalid_credentials" },
      { heard: "ping", live: true },
      { heard: "pong", live: true },
      { ended: "idle" },
    ]);
  });
});

/** A module that is well typed when each record and each part of each route is the same in both. */
function comparison(declarations: string): string {
  const records = ["User", "PublicUser", "UserCard", "Contact", "Session", "ConversationView", "Participant"];
  const more = [
    "PublicConversation",
    "NotificationSettings",
    "MessageView",
    "ContentInput",
    "History",
    "Upload",
  ];
  return `
import type * as Built from ${JSON.stringify(declarations)};
import type * as Source from ${JSON.stringify(new URL("../../src/client/mod.ts", import.meta.url).pathname)};
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;
export const routes: { readonly [R in keyof Source.Routes]: Same<Built.Routes[R], Source.Routes[R]> } = new Proxy(
  {} as { readonly [R in keyof Source.Routes]: true },
  {},
);
export const names: Same<keyof Built.Routes, keyof Source.Routes> = true;
${
    [...records, ...more].map((name) => `export const a${name}: Same<Built.${name}, Source.${name}> = true;`)
      .join("\n")
  }
`;
}
