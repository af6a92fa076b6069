import { assertEquals, assertRejects } from "@std/assert";
import { UpstashScripts } from "../../src/adapters/presence/scripts_upstash.ts";
import { upstash } from "../../src/adapters/upstash/client.ts";

/** A server that answers each script with its own argument, fails those of "bad", and notes how many came together. */
function serve(): { readonly scripts: UpstashScripts; readonly sizes: number[] } & AsyncDisposable {
  const sizes: number[] = [];
  const answer = async (request: Request) => {
    const commands: string[][] = await request.json();
    sizes.push(commands.length);
    const argument = (command: string[]) => command.at(-1);
    const run = (command: string[]) =>
      argument(command) === "bad" ? { error: "ERR bad" } : { result: argument(command) };
    return Response.json(commands.map(run), { status: argument(commands[0] ?? []) === "down" ? 503 : 200 });
  };
  const stop = new AbortController();
  const serving = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const server = Deno.serve(serving, answer);
  const scripts = new UpstashScripts(upstash({ url: `http://127.0.0.1:${server.addr.port}`, token: "t" }));
  return {
    scripts,
    sizes,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}

Deno.test("scripts that are asked for together go out in few requests, and each has its own answer", async () => {
  await using served = serve();
  const texts = Array.from({ length: 250 }, (_, n) => `${n}`);
  const answers = await Promise.all(texts.map((text) => served.scripts.run("return ARGV[1]", ["k"], [text])));
  assertEquals(answers, texts);
  assertEquals(served.sizes.toSorted((a, b) => a - b), [50, 100, 100]);
});

Deno.test("a script that fails fails alone, and a request that does fails those of it", async () => {
  await using served = serve();
  const run = (text: string) => served.scripts.run("return ARGV[1]", ["k"], [text]);
  const [good, bad] = [run("good"), run("bad")];
  await assertRejects(() => bad, Error, "ERR bad");
  assertEquals(await good, "good");
  const lost = await Promise.allSettled([run("down"), run("good")]);
  assertEquals(lost.map(({ status }) => status), ["rejected", "rejected"]);
  assertEquals(await run("good"), "good");
});
