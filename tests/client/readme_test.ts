import { assert, assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { until } from "./stage.ts";

const PASSWORD = "correct horse 9";

/** The programs that README shows, in order. */
async function programs(): Promise<string[]> {
  const blocks = (await Deno.readTextFile("README.md")).matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map(([, program = ""]) => program);
}

/** Runs a program as it is shown, but for where client and server are; its types are checked by `ok:types`. */
async function run(program: string, server: TestServer) {
  const folder = await Deno.makeTempDir({ prefix: "parley-readme-" });
  const source = program.replaceAll("http://localhost:3000", server.url)
    .replaceAll("./src/client/", new URL("../../src/client/", import.meta.url).href);
  await Deno.writeTextFile(`${folder}/program.ts`, source);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--config=deno.json", "--allow-net", `${folder}/program.ts`],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said: string[] = [];
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) said.push(text);
  })();
  const errors = new Response(child.stderr).text();
  const ended = async () => {
    await reading;
    return { success: (await child.status).success, errors: await errors };
  };
  return {
    /** What it has printed so far. */
    said: () => said.join(""),
    ended,
    [Symbol.asyncDispose]: async () => {
      try {
        child.kill();
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it has ended already
      }
      await ended();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function register(server: TestServer, username: string) {
  const body = { email: `${username}@example.org`, username, password: PASSWORD, firstName: username };
  const { user, accessToken, refreshToken } = await server.ok(undefined, "POST /api/auth/register", {
    ...body,
    lastName: "Example",
  });
  return { id: user.id as string, name: username, token: accessToken, refreshToken };
}

Deno.test("README's client in twenty lines says good morning", async () => {
  const [program = ""] = await programs();
  assert(program.trimEnd().split("\n").length <= 20);
  await using server = await startServer();
  const [amina, bruno] = [await register(server, "amina"), await register(server, "bruno")];
  await using running = await run(program, server);
  const { success, errors } = await running.ended();
  assert(success, errors);
  assertEquals(running.said(), "amina: Good morning!\n");
  const history = await server.history(bruno, await server.direct(bruno, amina));
  assertEquals(history.map(({ content }) => content.text), ["Good morning!"]);
});

Deno.test("README's bot in thirty lines keeps a list", async () => {
  const [, program = ""] = await programs();
  assert(program.trimEnd().split("\n").length <= 30);
  await using server = await startServer();
  const amina = await register(server, "amina");
  await using running = await run(program, server);
  await until(() => running.said().includes("online"), "the bot to come");
  const { users: [bot] } = await server.ok(amina, "GET /api/users?query=todo_bot");
  const id = await server.direct(amina, bot);
  const told = async (question: string) => {
    const { id: asked } = await server.send(amina, id, question);
    const { content } = await until(async () => {
      return (await server.history(amina, id)).find(({ replyTo }) => replyTo?.id === asked);
    }, `an answer to ${question}`);
    return content.text;
  };
  assertEquals(await told("!todo"), "Nothing to do.");
  assertEquals(await told("!todo buy bread"), "1. buy bread");
  assertEquals(await told("!todo call Bruno"), "1. buy bread\n2. call Bruno");
  assertEquals(await told("!done 1"), "1. call Bruno");
  assertEquals((await server.history(amina, id)).length, 8);
});

Deno.test("README's file is brought, sent and listed", async () => {
  const [, , program = ""] = await programs();
  await using server = await startServer();
  const [amina, bruno] = [await register(server, "amina"), await register(server, "bruno")];
  await using running = await run(program, server);
  const { success, errors } = await running.ended();
  assert(success, errors);
  assertEquals(running.said(), "0 of 11 bytes\n11 of 11 bytes\nlist.txt\n");
  const [{ content }] = await server.history(bruno, await server.direct(bruno, amina));
  assertEquals([content.text, content.metadata.fileName], ["For tomorrow", "list.txt"]);
});
