import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseEnv } from "node:util";
import { ConfigError, loadConfig, readEnvironment, VARIABLES } from "../src/config.ts";
import type { Environment } from "../src/config.ts";
import { ensureSecret } from "../src/secrets.ts";

const STRONG = "f3a91c07b52de8460f3a91c07b52de8460aa17c9d5e2b8f4";

/** The variables that are wrong, by name, with what was expected. */
function wrong(environment: Environment): Map<string, string> {
  const { problems } = assertThrows(() => loadConfig(environment), ConfigError);
  return new Map(problems.map((problem) => problem.split(": ", 2) as [string, string]));
}

Deno.test("nothing set means everything embedded", () => {
  const config = loadConfig({});
  assertEquals([config.host, config.port, config.environment], ["0.0.0.0", 3000, "development"]);
  assertEquals(config.store, { kind: "sqlite" });
  assertEquals(config.redis, { kind: "none" });
  assertEquals([config.uploads.s3, config.smtp, config.tokens.secret], [undefined, undefined, undefined]);
  assertEquals([config.tokens.accessMs, config.tokens.refreshMs], [900_000, 2_592_000_000]);
  assertEquals([config.uploads.dir, config.uploads.maxBytes], ["data/uploads", 10_485_760]);
  assertEquals(config.limits, {
    windowMs: 900_000,
    maxRequests: 100,
    userRequests: 1200,
    messages: 50,
    uploads: 60,
    account: 20,
  });
  assertEquals(config.connections, { perUser: 20, total: 20_000, heartbeatMs: 25_000 });
  assertEquals(config.pressure, { maxMemory: undefined, maxLoopDelayMs: 500 });
  assertEquals(config.metricsToken, undefined);
  assertEquals(config.messages, { maxLength: 8000, retentionDays: 0 });
});

Deno.test("an address that the process could not use is wrong, not a failure of its own", () => {
  const uri = (rest: string) => loadConfig({ MONGODB_URI: `mongodb://${rest}` }).store;
  const good = [
    "h",
    "u:p%40ss@h:1/chat",
    "a:1,b:2/chat?replicaSet=r",
    "[::1]:1,b",
    "%2Ftmp%2Fm.sock",
    "h/?w=1",
  ];
  for (const rest of good) assertEquals(uri(rest), { kind: "mongodb", uri: `mongodb://${rest}` });
  const bad = ["", "/chat", "u:p@ss@h", "u:p/ss@h", "h:x", "h:1:2", "a,,b", "a b", "::1"];
  for (const rest of bad) {
    assertThrows(() => uri(rest), ConfigError, "MONGODB_URI: expected a well-formed URL");
  }
  for (const host of ["0.0.0.0", "::", "localhost", "chat_1.internal"]) {
    assertEquals(loadConfig({ HOST: host }).host, host);
  }
  for (const host of ["localhost:80", "[::1]", "http://localhost", "a b"]) {
    assertThrows(() => loadConfig({ HOST: host }), ConfigError, "HOST: expected a host's name");
  }
});

Deno.test("a folder may be there or not, and is wrong where a file is, or where none can be", async () => {
  const dir = await Deno.makeTempDir({ prefix: "parley-" });
  await Deno.writeTextFile(`${dir}/file`, "");
  for (const good of [dir, `${dir}/new`, `${dir}/new/er`]) {
    const { dataDir, uploads } = loadConfig({ DATA_DIR: good, UPLOAD_DIR: good });
    assertEquals([dataDir, uploads.dir], [good, good]);
  }
  for (const bad of [`${dir}/file`, `${dir}/file/below`]) {
    const { problems } = assertThrows(() => loadConfig({ DATA_DIR: bad, UPLOAD_DIR: bad }), ConfigError);
    assertEquals(problems.map((problem) => problem.split(": ")[0]), ["DATA_DIR", "UPLOAD_DIR"]);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test(".env.example names every variable with its default", async () => {
  const example = parseEnv(await Deno.readTextFile(new URL("../.env.example", import.meta.url)));
  const fly = ["FLY_REGION", "FLY_MACHINE_ID"];
  assertEquals(Object.keys(example).sort(), VARIABLES.filter((name) => !fly.includes(name)).sort());
  assertEquals(loadConfig(example), loadConfig({}));
});

Deno.test("every wrong variable is named at once, with what was expected", () => {
  const given = {
    PORT: "65536",
    HOST: "127.0.0.1:3000",
    NODE_ENV: "prod",
    MONGODB_URI: "localhost",
    REDIS_URL: "http://localhost",
    JWT_SECRET: "short",
    JWT_SECRET_PREVIOUS: "short",
    JWT_EXPIRES_IN: "soon",
    REFRESH_EXPIRES_IN: "0d",
    CLIENT_URL: "chat.example",
    TRUSTED_PROXIES: "10.0.0.0/33",
    MAX_FILE_SIZE: "big",
    ALLOWED_FILE_TYPES: "image",
    S3_BUCKET: "files",
    SMTP_HOST: "mail",
    UPSTASH_REDIS_REST_URL: "https://redis.example",
    RATE_LIMIT_WINDOW_MS: "0",
    RATE_LIMIT_MESSAGES: "-1",
    MAX_CONNECTIONS: "1.5",
    MAX_MEMORY: "lots",
    MAX_LOOP_DELAY_MS: "60001",
    METRICS_TOKEN: "short",
    LOG_LEVEL: "loud",
  };
  const problems = wrong(given);
  const followers = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "SMTP_FROM", "UPSTASH_REDIS_REST_TOKEN"];
  const named = Object.keys(given).filter((name) =>
    !["S3_BUCKET", "SMTP_HOST", "UPSTASH_REDIS_REST_URL"].includes(name)
  );
  assertEquals([...problems.keys()].sort(), [...named, ...followers].sort());
  assertEquals(problems.get("PORT"), "expected a whole number from 0 to 65535");
  assertEquals(problems.get("NODE_ENV"), "expected one of development, test, production");
  for (const expected of problems.values()) assert(expected.startsWith("expected "), expected);
});

Deno.test("pictures that cannot be cleaned of their place are not to be allowed, and the reason is named", () => {
  const typesOf = (types: string) => loadConfig({ ALLOWED_FILE_TYPES: types }).uploads.types;
  const clean = "image/jpeg,image/jpg,image/png,image/apng,image/gif,image/webp,image/svg+xml";
  assertEquals(typesOf(`${clean}, Application/PDF`), [...clean.split(","), "application/pdf"]);
  for (const kind of ["heic", "HEIF", "avif", "tiff", "jxl", "x-adobe-dng", "bmp", "jpeg2000", "png2"]) {
    const problems = wrong({ ALLOWED_FILE_TYPES: `image/png,image/${kind}` });
    assertStringIncludes(problems.get("ALLOWED_FILE_TYPES") ?? "", "cannot be cleaned of the place", kind);
  }
});

Deno.test("a configuration error shows no value", () => {
  const { message } = assertThrows(
    () => loadConfig({ JWT_SECRET: "hunter2", MONGODB_URI: "x://u:hunter2@h" }),
    ConfigError,
  );
  assert(!message.includes("hunter2"));
});

Deno.test("an empty variable is not set", () => {
  assertEquals(loadConfig({ PORT: "", MONGODB_URI: " ", JWT_SECRET: "" }), loadConfig({}));
});

Deno.test("production refuses a missing or weak secret and wildcard origins", () => {
  const production = { NODE_ENV: "production" };
  assertEquals([...wrong(production).keys()], ["JWT_SECRET"]);
  for (
    const weak of [
      "a".repeat(40),
      "please-change-me-please-change-me-now",
      "my-example-secret-0123456789-abcdef",
    ]
  ) {
    assertEquals([...wrong({ ...production, JWT_SECRET: weak }).keys()], ["JWT_SECRET"]);
    assertEquals(loadConfig({ JWT_SECRET: weak }).tokens.secret, weak);
  }
  const origins = { ...production, JWT_SECRET: STRONG, CLIENT_URL: "https://chat.example,*" };
  assertEquals([...wrong(origins).keys()], ["CLIENT_URL"]);
  const config = loadConfig({ ...production, JWT_SECRET: STRONG, CLIENT_URL: "https://chat.example/" });
  assertEquals(config.clientOrigins, ["https://chat.example"]);
});

Deno.test("a secret has at least 32 bytes, counted in UTF-8", () => {
  assertEquals([...wrong({ JWT_SECRET: STRONG.slice(0, 31) }).keys()], ["JWT_SECRET"]);
  assertEquals(loadConfig({ JWT_SECRET: STRONG.slice(0, 32) }).tokens.secret, STRONG.slice(0, 32));
  assertEquals(loadConfig({ JWT_SECRET: "é".repeat(16) }).tokens.secret, "é".repeat(16));
});

Deno.test("durations and sizes are read with their units", () => {
  const accessMs = (text: string) => loadConfig({ JWT_EXPIRES_IN: text }).tokens.accessMs;
  assertEquals(["500ms", "30s", "15m", "2h", "7d", "1w", "900"].map(accessMs), [
    ...[500, 30_000, 900_000, 7_200_000, 604_800_000, 604_800_000, 900_000],
  ]);
  const size = (text: string) => loadConfig({ MAX_FILE_SIZE: text }).uploads.maxBytes;
  assertEquals(["1", "1kb", "2MB", "1 GB"].map(size), [1, 1024, 2_097_152, 1_073_741_824]);
});

Deno.test("proxies, stores and the name of the node follow their variables", () => {
  const proxies = (text: string) => loadConfig({ TRUSTED_PROXIES: text }).trustedProxies;
  assertEquals(proxies("0"), { kind: "none" });
  assertEquals(proxies("2"), { kind: "hops", count: 2 });
  assertEquals(proxies("fly"), { kind: "fly" });
  assertEquals(proxies("10.0.0.0/8, ::1"), { kind: "networks", cidrs: ["10.0.0.0/8", "::1"] });
  assertEquals(loadConfig({ MONGODB_URI: "mongodb://a:1,b:2/chat?replicaSet=r" }).store, {
    kind: "mongodb",
    uri: "mongodb://a:1,b:2/chat?replicaSet=r",
  });
  assertEquals(loadConfig({ REDIS_URL: "rediss://h:1" }).redis, { kind: "tcp", url: "rediss://h:1" });
  const rest = { UPSTASH_REDIS_REST_URL: "https://r.example", UPSTASH_REDIS_REST_TOKEN: "t" };
  assertEquals(loadConfig(rest).redis, { kind: "rest", url: "https://r.example", token: "t" });
  assertEquals([...wrong({ ...rest, REDIS_URL: "redis://h:1" }).keys()], ["REDIS_URL"]);
  const { region, instance } = loadConfig({
    FLY_REGION: "fra",
    FLY_MACHINE_ID: "m1",
    REGION: "x",
    INSTANCE: "y",
  });
  assertEquals([region, instance], ["fra", "m1"]);
});

Deno.test("a shared port wants a number and Redis, and gives every process a name of its own", () => {
  const shared = { SHARE_PORT: "true", REDIS_URL: "redis://h:1" };
  assertEquals([loadConfig({}).sharePort, loadConfig(shared).sharePort], [false, true]);
  assertEquals([...wrong({ SHARE_PORT: "true", PORT: "0" }).keys()], ["REDIS_URL", "PORT"]);
  assertEquals([...wrong({ ...shared, SHARE_PORT: "yes" }).keys()], ["SHARE_PORT"]);
  const rest = { UPSTASH_REDIS_REST_URL: "https://r.example", UPSTASH_REDIS_REST_TOKEN: "t" };
  assertEquals(loadConfig({ SHARE_PORT: "true", ...rest }).redis.kind, "rest");
  const name = (more: Environment) => loadConfig({ ...shared, ...more }).instance;
  assert(/^local-[0-9a-z]{6}$/.test(name({})), name({}));
  assert(name({ FLY_MACHINE_ID: "m1" }).startsWith("m1-"));
  assertEquals([name({}) === name({}), name({ FLY_MACHINE_ID: "m1", INSTANCE: "m1-b" })], [false, "m1-b"]);
});

Deno.test("switching the limit of addresses off switches that of accounts off, unless it is set", () => {
  assertEquals(loadConfig({ RATE_LIMIT_MAX_REQUESTS: "0" }).limits.account, 0);
  assertEquals(loadConfig({ RATE_LIMIT_MAX_REQUESTS: "0", RATE_LIMIT_ACCOUNT: "5" }).limits.account, 5);
});

Deno.test("the configuration cannot be changed", () => {
  const config = loadConfig({});
  assertThrows(() => Object.assign(config, { port: 1 }), TypeError);
  assertThrows(() => Object.assign(config.limits, { messages: 0 }), TypeError);
});

Deno.test("a .env file fills in what the process's environment leaves out", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${dir}/.env`,
      'PARLEY=1\nSMTP_FROM="Parley <chat@example.org>"\nHOST=from-file\n',
    );
    const before = Deno.env.get("HOST");
    Deno.env.set("HOST", "from-process");
    try {
      const environment = readEnvironment(`${dir}/.env`);
      assertEquals(environment.SMTP_FROM, "Parley <chat@example.org>");
      assertEquals(environment.HOST, "from-process");
      assertEquals("PARLEY" in environment, false);
    } finally {
      if (before === undefined) Deno.env.delete("HOST");
      else Deno.env.set("HOST", before);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ensureSecret() makes one secret for its owner alone, and gives it again", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const secret = ensureSecret(`${dir}/data`);
    assertEquals(ensureSecret(`${dir}/data`), secret);
    assert(new TextEncoder().encode(secret).length >= 32);
    const files = [...Deno.readDirSync(`${dir}/data`)].map(({ name }) => name);
    assertEquals(files, ["jwt_secret"]);
    assertEquals((Deno.statSync(`${dir}/data/jwt_secret`).mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ensureSecret() gives processes that start at once the same secret", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const module = new URL("../src/secrets.ts", import.meta.url).href;
    const code =
      `import { ensureSecret } from "${module}"; Deno.stdout.writeSync(new TextEncoder().encode(ensureSecret("${dir}")))`;
    const runs = Array.from({ length: 4 }, () => {
      return new Deno.Command(Deno.execPath(), { args: ["eval", "--quiet", code], stdout: "piped" }).output();
    });
    const secrets = (await Promise.all(runs)).map(({ stdout }) => new TextDecoder().decode(stdout));
    assertEquals(new Set(secrets).size, 1);
    assert((secrets[0] ?? "").length >= 32);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
