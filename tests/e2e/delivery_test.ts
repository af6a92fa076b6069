import { dirname } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseDockerfile } from "../support/dockerfile.ts";
import { freePort } from "../support/ports.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { mongoUri } from "../support/store.ts";

/** A folder for one test, gone afterwards. */
async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "parley-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** A start from nothing in `dataDir`; on MongoDB when the tests run on it. */
function fresh(dataDir: string): Record<string, string> {
  const env = { PORT: "0", HOST: "127.0.0.1", DATA_DIR: dataDir };
  if (!mongoUri) return env;
  return { ...env, MONGODB_URI: new URL(`/parley_${crypto.randomUUID()}`, mongoUri).href };
}

Deno.test("start serves with its own permissions alone, answers its health check and drains on SIGTERM", async () => {
  await using data = await folder();
  await using program = await startProgram(fresh(data.path));
  for (const path of ["/health", "/health/live", "/health/ready"]) {
    const response = await fetch(`${program.url}${path}`);
    await response.body?.cancel();
    assertEquals(response.status, 200, path);
  }
  const { port } = new URL(program.url);
  const check = await runProgram({ PORT: port, HOST: "127.0.0.1" }, "healthcheck");
  assertEquals(check.code, 0, check.stderr);
  assertEquals((await program.stop("SIGTERM")).code, 0);
});

Deno.test("start keeps what it was told, over a stop and another start", async () => {
  await using data = await folder();
  const env = fresh(data.path);
  const [username, password] = ["ada", "correct horse battery staple"];
  await using first = await startProgram(env);
  const body = { email: "ada@example.org", username, password, firstName: "Ada", lastName: "L" };
  assertEquals(await post(`${first.url}/api/auth/register`, body), 201);
  assertEquals((await first.stop("SIGTERM")).code, 0);
  await using second = await startProgram(env);
  assertEquals(await post(`${second.url}/api/auth/login`, { username, password }), 200);
  assertEquals((await second.stop("SIGINT")).code, 0);
});

Deno.test("healthcheck fails where nobody listens", async () => {
  const { code } = await runProgram({ PORT: freePort(), HOST: "127.0.0.1" }, "healthcheck");
  assertEquals(code, 1);
});

Deno.test("start names every wrong variable at once and ends with 78", async () => {
  await using data = await folder();
  const { code, stdout, stderr } = await runProgram({
    PORT: "http",
    JWT_SECRET: "short",
    DATA_DIR: data.path,
  });
  assertEquals(code, 78);
  for (const name of ["PORT", "JWT_SECRET"]) assertStringIncludes(stdout + stderr, name);
  assert(!(stdout + stderr).includes("short"), "a secret is printed");
});

Deno.test("what MongoDB's driver cannot use of its URI is named, and ends the start with 78", async () => {
  const wrong = {
    "?poolsize=5": "poolsize",
    "?tls=true&ssl=false": "tls",
    "?maxPoolSize=many": "maxPoolSize",
  };
  for (const [options, named] of Object.entries(wrong)) {
    const { code, stderr } = await runProgram({ PORT: "0", MONGODB_URI: `mongodb://u:hunter2@h/${options}` });
    assertEquals(code, 78, options);
    assertStringIncludes(stderr, "MONGODB_URI: ");
    assertStringIncludes(stderr, named);
    assert(!stderr.includes("hunter2"), "a secret is printed");
  }
});

Deno.test("the image's variables start Parley when a secret is given, and not without", async () => {
  await using data = await folder();
  const image = parseDockerfile(await Deno.readTextFile("Dockerfile")).at(-1);
  const pairs =
    image?.instructions.filter(({ keyword }) => keyword === "ENV").flatMap(({ words }) => words) ?? [];
  const env: Record<string, string> = {
    ...Object.fromEntries(pairs.map((pair) => pair.split("=", 2))),
    ...fresh(data.path),
  };
  assertEquals(env.NODE_ENV, "production");
  const refused = await runProgram(env);
  assertEquals(refused.code, 78);
  assertStringIncludes(refused.stderr, "JWT_SECRET");
  const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(48))));
  await using program = await startProgram({ ...env, JWT_SECRET: secret });
  assertEquals((await program.stop("SIGTERM")).code, 0);
});

Deno.test("the secret that start makes is for its owner alone", async () => {
  await using data = await folder();
  await using program = await startProgram(fresh(data.path));
  assertMatch(program.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const modes: string[] = [];
  for await (const { name, isFile } of Deno.readDir(data.path)) {
    if (!isFile || !name.includes("secret")) continue;
    modes.push(((await Deno.stat(`${data.path}/${name}`)).mode ?? 0).toString(8).slice(-3));
  }
  assertEquals(modes, ["600"]);
});

Deno.test("the image's first stage makes the binary from what it copies", async () => {
  await using place = await folder();
  const stage = parseDockerfile(await Deno.readTextFile("Dockerfile"))[0];
  assert(stage);
  const root = `${place.path}${stage.instructions.find(({ keyword }) => keyword === "WORKDIR")?.text}`;
  await Deno.mkdir(root);
  for (const { keyword, words } of stage.instructions) {
    if (keyword === "COPY") {
      for (const source of words.slice(0, -1)) await copy(source, `${root}/${source}`);
    }
    if (keyword === "RUN") await run(words, root);
  }
  const binary = await Deno.stat(`${root}/dist/parley`);
  assert(binary.isFile && ((binary.mode ?? 0) & 0o111) !== 0);
  assert((await Deno.stat(`${root}/dist/web/index.html.gz`)).isFile, "the web app is built before");
});

/** Posts JSON and answers the status. */
async function post(url: string, body: object): Promise<number> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  await response.body?.cancel();
  return response.status;
}

/** Runs a command of the image. The runtime that `deno compile` would download is this Deno itself: as large, as good. */
async function run([program, ...args]: readonly string[], cwd: string): Promise<void> {
  assertEquals(program, "deno");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { DENORT_BIN: Deno.execPath(), NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

async function copy(source: string, target: string): Promise<void> {
  if ((await Deno.stat(source)).isFile) {
    await Deno.mkdir(dirname(target), { recursive: true });
    return await Deno.copyFile(source, target);
  }
  await Deno.mkdir(target, { recursive: true });
  for await (const { name } of Deno.readDir(source)) await copy(`${source}/${name}`, `${target}/${name}`);
}
