import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "smol-toml";
import { VARIABLES } from "../src/config.ts";
import { parseDockerfile } from "./support/dockerfile.ts";
import type { Instruction } from "./support/dockerfile.ts";

const stages = parseDockerfile(await Deno.readTextFile("Dockerfile"));
const build = stages[0];
const image = stages.at(-1);
assert(build && image && build !== image);
const { tasks: { start, compile } } = JSON.parse(await Deno.readTextFile("deno.json")) as {
  tasks: Record<"start" | "compile", { command: string; dependencies: string[] }>;
};
const env = Object.fromEntries(
  all(image.instructions, "ENV").flatMap(({ words }) => words.map((word) => word.split("=", 2))),
) as Record<string, string>;

function all(instructions: readonly Instruction[], keyword: string): Instruction[] {
  return instructions.filter((instruction) => instruction.keyword === keyword);
}

function only(instructions: readonly Instruction[], keyword: string): Instruction {
  const [first, ...more] = all(instructions, keyword);
  assert(first, `there is no ${keyword}`);
  assertEquals(more, [], `there is more than one ${keyword}`);
  return first;
}

/** The permissions of a task, sorted: what it may, and nothing of where it runs. */
function permissions(task: string): string[] {
  return task.split(" ").filter((word) => /^--(allow|deny|ignore)-|^--no-prompt$/.test(word)).sort();
}

Deno.test("Dockerfile uses no other instructions than Docker knows", () => {
  const known = /^(COPY|RUN|WORKDIR|LABEL|ENV|VOLUME|EXPOSE|USER|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT)$/;
  const words = stages.flatMap(({ instructions }) => instructions.map(({ keyword }) => keyword));
  assertEquals(words.filter((keyword) => !known.test(keyword)), []);
});

Deno.test("Dockerfile builds with the Deno that the gate uses, and ends on an image with glibc and no shell", async () => {
  const version = build.image.replace("denoland/deno:", "");
  assertMatch(version, /^\d+\.\d+\.\d+$/);
  const gate = await Deno.readTextFile(".ci/run");
  assertEquals([...new Set(gate.match(/deno@\d[\d.]*\d/g))], [`deno@${version}`]);
  assertMatch(image.image, /^gcr\.io\/distroless\/cc-debian\d+:nonroot$/);
});

Deno.test("Dockerfile copies what is there", async () => {
  for (const { words, flags } of build.instructions.filter(({ keyword }) => keyword === "COPY")) {
    assertEquals(flags, {});
    for (const source of words.slice(0, -1)) await Deno.stat(source);
  }
});

Deno.test("Dockerfile runs the binary that the compile task makes", () => {
  const output = /--output (\S+)/.exec(compile.command)?.[1];
  const workdir = all(build.instructions, "WORKDIR")[0]?.text;
  const [binary] = only(image.instructions, "ENTRYPOINT").words;
  const copied = all(image.instructions, "COPY").find(({ words }) => words[1] === binary);
  assertEquals(copied?.words[0], `${workdir}/${output}`);
  assertEquals(copied?.flags.from, build.name);
  assertEquals(only(image.instructions, "HEALTHCHECK").words.join(" "), `${binary} healthcheck`);
});

Deno.test("Dockerfile ends as a user without rights, who owns the volume of DATA_DIR", () => {
  const user = only(image.instructions, "USER").text;
  assertMatch(user, /^[1-9]\d*:[1-9]\d*$/);
  assertEquals(only(image.instructions, "VOLUME").words.join(" "), env.DATA_DIR);
  const volume = all(image.instructions, "COPY").find(({ words }) => words[1] === env.DATA_DIR);
  assertEquals(volume?.flags.chown, user);
  assertEquals(all(image.instructions, "RUN"), [], "there is no shell in the last image");
});

Deno.test("Dockerfile opens the port that it sets, with variables that Parley knows", () => {
  assertEquals(only(image.instructions, "EXPOSE").text, env.PORT);
  assertEquals(env.NODE_ENV, "production");
  assertEquals(Object.keys(env).filter((name) => !VARIABLES.includes(name)), []);
});

Deno.test("start and compile have the same permissions, and see the variables of the configuration alone", () => {
  const allowed = permissions(start.command);
  assertEquals(permissions(compile.command), allowed);
  const seen = allowed.find((word) => word.startsWith("--allow-env="))?.replace("--allow-env=", "").split(
    ",",
  );
  assertEquals(seen?.sort(), [...VARIABLES].sort());
  for (const right of ["--allow-all", "--allow-run", "--allow-ffi"]) assert(!allowed.includes(right));
});

Deno.test("start and compile build the web app first, and the binary carries it", () => {
  for (const task of [start, compile]) assertEquals(task.dependencies, ["build"]);
  assertMatch(compile.command, / --include dist\/web /);
});

Deno.test("no test task names a folder that holds a member of the workspace", async () => {
  // `deno test <folder>` runs the members' tests alone then, and is green without having run the others.
  const { tasks, workspace } = JSON.parse(await Deno.readTextFile("deno.json")) as {
    tasks: Record<string, string | { command?: string }>;
    workspace: string[];
  };
  const commands = Object.values(tasks).map((task) => typeof task === "string" ? task : task.command ?? "");
  const tests = commands.filter((command) => command.startsWith("deno test "));
  assert(tests.length >= 2);
  const holders = tests.flatMap((command) => command.split(" ").slice(2)).filter((word) =>
    workspace.some((member) => member.startsWith(`./${word.replace(/\/$/, "")}/`))
  );
  assertEquals(holders, []);
});

/** The keys that Fly's own tool reads, of the sections used here. */
const FLY_KEYS: Readonly<Record<string, readonly string[]>> = {
  "": [
    "app",
    "primary_region",
    "kill_signal",
    "kill_timeout",
    "build",
    "deploy",
    "env",
    "mounts",
    "http_service",
    "vm",
  ],
  build: ["dockerfile"],
  deploy: ["strategy", "wait_timeout", "max_unavailable"],
  mounts: [
    "source",
    "destination",
    "initial_size",
    "auto_extend_size_threshold",
    "auto_extend_size_increment",
    "auto_extend_size_limit",
    "snapshot_retention",
  ],
  http_service: [
    "internal_port",
    "force_https",
    "auto_stop_machines",
    "auto_start_machines",
    "min_machines_running",
    "concurrency",
    "checks",
  ],
  "http_service.concurrency": ["type", "soft_limit", "hard_limit"],
  "http_service.checks": ["grace_period", "interval", "timeout", "method", "path"],
  vm: ["size", "memory", "cpu_kind", "cpus"],
};

interface Fly {
  readonly kill_signal: string;
  readonly kill_timeout: number;
  readonly build: { readonly dockerfile: string };
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly { readonly destination: string }[];
  readonly http_service: {
    readonly internal_port: number;
    readonly auto_stop_machines: string;
    readonly min_machines_running: number;
    readonly concurrency: { readonly type: string; readonly soft_limit: number; readonly hard_limit: number };
    readonly checks: readonly { readonly path: string }[];
  };
}

const flyText = await Deno.readTextFile("fly.toml");
const fly = parse(flyText) as unknown as Fly;

/** The keys of a document that are not known, as paths; what stands in `env` is Parley's own. */
function unknownKeys(section: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((part) => unknownKeys(section, part));
  if (typeof value !== "object" || value === null || section === "env") return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const path = section ? `${section}.${key}` : key;
    return FLY_KEYS[section]?.includes(key) ? unknownKeys(path, part) : [path];
  });
}

Deno.test("fly.toml uses the keys that Fly knows, where Fly reads them", () => {
  assertEquals(unknownKeys("", fly), []);
  const misplaced = parse("kill_timout = 5\n[http_service]\nsoft_limit = 5\n");
  assertEquals(unknownKeys("", misplaced), ["kill_timout", "http_service.soft_limit"]);
});

Deno.test("fly.toml agrees with the image and the configuration", async () => {
  await Deno.stat(fly.build.dockerfile);
  assertEquals(String(fly.http_service.internal_port), env.PORT);
  assertEquals(fly.env.PORT ?? env.PORT, env.PORT);
  assertEquals(fly.env.DATA_DIR ?? env.DATA_DIR, env.DATA_DIR);
  assertEquals(fly.mounts.map(({ destination }) => destination), [env.DATA_DIR]);
  assertEquals(Object.keys(fly.env).filter((name) => !VARIABLES.includes(name)), []);
  assertEquals(fly.http_service.checks.map(({ path }) => path), ["/health/ready"]);
});

Deno.test("fly.toml keeps machines running, counts connections, and leaves time to drain", () => {
  assertEquals(fly.http_service.auto_stop_machines, "off");
  assert(fly.http_service.min_machines_running >= 1);
  const { type, soft_limit, hard_limit } = fly.http_service.concurrency;
  assertEquals(type, "connections");
  assert(soft_limit < hard_limit && hard_limit <= Number(fly.env.MAX_CONNECTIONS));
  assertEquals(fly.kill_signal, only(image.instructions, "STOPSIGNAL").text);
  assert(fly.kill_timeout >= 10);
});
