import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import {
  bytes,
  bytesOrOff,
  count,
  duration,
  folder,
  hostName,
  isWeak,
  mediaTypes,
  oneOf,
  originList,
  secret,
  tcpAddress,
  trustedProxies,
  urlOf,
} from "./config_values.ts";
import type { TrustedProxies } from "./http/address.ts";
import type { LimitSettings } from "./http/limits.ts";
import { newId } from "./kernel/ids.ts";
import type { LogLevel } from "./kernel/log.ts";

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the process is to do, as the environment says. Durations are milliseconds, sizes bytes. */
export interface Config {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Other processes may serve the port, too. */
  readonly sharePort: boolean;
  readonly environment: "development" | "test" | "production";
  readonly region: string;
  readonly instance: string;
  readonly logLevel: LogLevel;
  readonly dataDir: string;
  readonly store: { readonly kind: "sqlite" } | { readonly kind: "mongodb"; readonly uri: string };
  readonly redis:
    | { readonly kind: "none" }
    | { readonly kind: "tcp"; readonly url: string }
    | { readonly kind: "rest"; readonly url: string; readonly token: string };
  /** Without a secret, one is kept in `dataDir`: see `ensureSecret`. */
  readonly tokens: {
    readonly secret: string | undefined;
    readonly previous: string | undefined;
    readonly accessMs: number;
    readonly refreshMs: number;
  };
  readonly passwords: { readonly memoryKib: number; readonly passes: number; readonly concurrency: number };
  readonly clientOrigins: readonly string[];
  readonly trustedProxies: TrustedProxies;
  readonly uploads: {
    readonly dir: string;
    readonly maxBytes: number;
    readonly types: readonly string[];
    /** Bytes of all files of one user; 0 is no limit. */
    readonly quota: number;
    /** How long a file is kept that no message is. */
    readonly expiresMs: number;
    /** Whether the server passes contents on, or sends clients to S3. */
    readonly delivery: "stream" | "redirect";
    /** Where a clamd listens, as `tcp://host:port`. */
    readonly scanner: string | undefined;
    readonly s3: S3Config | undefined;
  };
  readonly smtp: SmtpConfig | undefined;
  readonly limits: LimitSettings;
  /** 0 is no limit. */
  readonly connections: { readonly perUser: number; readonly total: number; readonly heartbeatMs: number };
  /** 0 is no limit; `undefined` follows what the process is allowed. Sizes are bytes. */
  readonly pressure: { readonly maxMemory: number | undefined; readonly maxLoopDelayMs: number };
  /** Who reads the metrics has to bring it; without one anybody may. */
  readonly metricsToken: string | undefined;
  readonly messages: { readonly maxLength: number; readonly retentionDays: number };
}

export interface S3Config {
  readonly bucket: string;
  readonly endpoint: string | undefined;
  readonly publicEndpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly pass: string | undefined;
  readonly from: string;
}

const FILE_TYPES = [
  ...["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain"],
  ...["video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm"],
];

const variables = z.object({
  PORT: count(0, 65_535).default(3000),
  HOST: hostName.default("0.0.0.0"),
  SHARE_PORT: oneOf("true", "false").default("false"),
  NODE_ENV: oneOf("development", "test", "production").default("development"),
  DATA_DIR: folder.default("./data"),
  MONGODB_URI: urlOf("mongodb", "mongodb+srv").optional(),
  REDIS_URL: urlOf("redis", "rediss").optional(),
  UPSTASH_REDIS_REST_URL: urlOf("https", "http").optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional(),
  JWT_SECRET: secret.optional(),
  JWT_SECRET_PREVIOUS: secret.optional(),
  JWT_EXPIRES_IN: duration.default(15 * 60_000),
  REFRESH_EXPIRES_IN: duration.default(30 * 86_400_000),
  CLIENT_URL: originList.default([]),
  TRUSTED_PROXIES: trustedProxies.default({ kind: "none" }),
  UPLOAD_DIR: folder.optional(),
  MAX_FILE_SIZE: bytes.default(10 * 1024 * 1024),
  ALLOWED_FILE_TYPES: mediaTypes.default(FILE_TYPES),
  UPLOAD_QUOTA: bytesOrOff.default(0),
  UPLOAD_EXPIRES_IN: duration.default(86_400_000),
  UPLOAD_DELIVERY: oneOf("stream", "redirect").default("stream"),
  SCANNER_URL: tcpAddress.optional(),
  S3_BUCKET: z.string().optional(),
  S3_ENDPOINT: urlOf("https", "http").optional(),
  S3_PUBLIC_ENDPOINT: urlOf("https", "http").optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: count(1, 65_535).default(587),
  SMTP_USER: z.string().optional(),
  SMTP_PASS: z.string().optional(),
  SMTP_FROM: z.string().optional(),
  RATE_LIMIT_WINDOW_MS: count(1, 86_400_000).default(900_000),
  RATE_LIMIT_MAX_REQUESTS: count(0).default(100),
  RATE_LIMIT_USER_REQUESTS: count(0).default(1200),
  RATE_LIMIT_MESSAGES: count(0).default(50),
  RATE_LIMIT_UPLOADS: count(0).default(60),
  RATE_LIMIT_ACCOUNT: count(0).optional(),
  MAX_CONNECTIONS_PER_USER: count(0).default(20),
  MAX_CONNECTIONS: count(0).default(20_000),
  HEARTBEAT_MS: count(100, 600_000).default(25_000),
  MAX_MEMORY: bytesOrOff.optional(),
  MAX_LOOP_DELAY_MS: count(0, 60_000).default(500),
  METRICS_TOKEN: secret.optional(),
  MAX_MESSAGE_LENGTH: count(1, 20_000).default(8_000),
  MESSAGE_RETENTION_DAYS: count(0, 36_500).default(0),
  LOG_LEVEL: oneOf("debug", "info", "warn", "error").default("info"),
  PASSWORD_HASH_MEMORY_KIB: count(8, 4_194_304).default(19_456),
  PASSWORD_HASH_PASSES: count(1, 64).default(2),
  PASSWORD_HASH_CONCURRENCY: count(1, 64).default(2),
  REGION: z.string().optional(),
  INSTANCE: z.string().optional(),
  FLY_REGION: z.string().optional(),
  FLY_MACHINE_ID: z.string().optional(),
});

type Variables = z.output<typeof variables>;

/** The name of every variable. */
export const VARIABLES: readonly string[] = Object.keys(variables.shape);

/** Some variables are wrong; the message names each on a line of its own, with what was expected. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

/** Reads the process's variables, and beneath them those of `file` when it is there. */
export function readEnvironment(file = ".env"): Environment {
  const defaults: Environment = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  return Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name) ?? defaults[name]]));
}

/** Checks all variables at once; an empty one counts as not set. Throws `ConfigError`. */
export function loadConfig(environment: Environment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text?.trim()));
  const parsed = variables.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
  problems.push(...conflicts(given));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(toConfig(parsed.data));
}

/** What is wrong between variables. */
function conflicts(given: Environment): string[] {
  const problems: string[] = [];
  const needs = (name: string, ...others: readonly string[]) => {
    for (const other of others) {
      if (given[name] && !given[other]) problems.push(`${other}: expected to be set, as ${name} is`);
    }
  };
  needs("UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN");
  needs("UPSTASH_REDIS_REST_TOKEN", "UPSTASH_REDIS_REST_URL");
  needs("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY");
  if (given.UPLOAD_DELIVERY?.trim() === "redirect") needs("UPLOAD_DELIVERY", "S3_BUCKET");
  needs("SMTP_HOST", "SMTP_FROM");
  if (given.REDIS_URL && given.UPSTASH_REDIS_REST_URL) {
    problems.push("REDIS_URL: expected not to be set, as UPSTASH_REDIS_REST_URL is");
  }
  if (given.SHARE_PORT?.trim() === "true") problems.push(...sharingConflicts(given));
  if (given.NODE_ENV?.trim() === "production") problems.push(...productionConflicts(given));
  return problems;
}

/** Processes that share a port share their clients: each must hear what the others do. */
function sharingConflicts(given: Environment): string[] {
  const problems: string[] = [];
  if (!given.REDIS_URL && !given.UPSTASH_REDIS_REST_URL) {
    problems.push("REDIS_URL: expected to be set, or UPSTASH_REDIS_REST_URL, as SHARE_PORT is true");
  }
  if (given.PORT && Number(given.PORT) === 0) {
    problems.push("PORT: expected a number that all processes share, not 0, as SHARE_PORT is true");
  }
  return problems;
}

function productionConflicts(given: Environment): string[] {
  const problems: string[] = [];
  if (!given.JWT_SECRET) problems.push("JWT_SECRET: expected at least 32 random bytes in production");
  else if (isWeak(given.JWT_SECRET)) {
    problems.push("JWT_SECRET: expected a random value, such as openssl rand -hex 32 gives");
  }
  if (given.CLIENT_URL?.includes("*")) problems.push("CLIENT_URL: expected no wildcard in production");
  return problems;
}

function toConfig(env: Variables): Config {
  return {
    host: env.HOST,
    port: env.PORT,
    sharePort: env.SHARE_PORT === "true",
    environment: env.NODE_ENV,
    region: env.FLY_REGION ?? env.REGION ?? "local",
    instance: toInstance(env),
    logLevel: env.LOG_LEVEL,
    dataDir: env.DATA_DIR,
    store: env.MONGODB_URI ? { kind: "mongodb", uri: env.MONGODB_URI } : { kind: "sqlite" },
    redis: toRedis(env),
    tokens: {
      secret: env.JWT_SECRET,
      previous: env.JWT_SECRET_PREVIOUS,
      accessMs: env.JWT_EXPIRES_IN,
      refreshMs: env.REFRESH_EXPIRES_IN,
    },
    passwords: {
      memoryKib: env.PASSWORD_HASH_MEMORY_KIB,
      passes: env.PASSWORD_HASH_PASSES,
      concurrency: env.PASSWORD_HASH_CONCURRENCY,
    },
    clientOrigins: env.CLIENT_URL,
    trustedProxies: env.TRUSTED_PROXIES,
    uploads: toUploads(env),
    smtp: toSmtp(env),
    limits: toLimits(env),
    connections: {
      perUser: env.MAX_CONNECTIONS_PER_USER,
      total: env.MAX_CONNECTIONS,
      heartbeatMs: env.HEARTBEAT_MS,
    },
    pressure: { maxMemory: env.MAX_MEMORY, maxLoopDelayMs: env.MAX_LOOP_DELAY_MS },
    metricsToken: env.METRICS_TOKEN,
    messages: { maxLength: env.MAX_MESSAGE_LENGTH, retentionDays: env.MESSAGE_RETENTION_DAYS },
  };
}

/** Processes that share a port share the machine's name, so each adds something of its own. */
function toInstance(env: Variables): string {
  if (env.SHARE_PORT === "false") return env.FLY_MACHINE_ID ?? env.INSTANCE ?? "local";
  return env.INSTANCE ?? `${env.FLY_MACHINE_ID ?? "local"}-${newId().slice(-6).toLowerCase()}`;
}

function toRedis(env: Variables): Config["redis"] {
  if (env.UPSTASH_REDIS_REST_URL && env.UPSTASH_REDIS_REST_TOKEN) {
    return { kind: "rest", url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN };
  }
  return env.REDIS_URL ? { kind: "tcp", url: env.REDIS_URL } : { kind: "none" };
}

function toUploads(env: Variables): Config["uploads"] {
  const s3 = env.S3_BUCKET && env.S3_ACCESS_KEY_ID && env.S3_SECRET_ACCESS_KEY
    ? {
      bucket: env.S3_BUCKET,
      endpoint: env.S3_ENDPOINT,
      publicEndpoint: env.S3_PUBLIC_ENDPOINT,
      region: env.S3_REGION,
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    }
    : undefined;
  const dir = env.UPLOAD_DIR ?? join(env.DATA_DIR, "uploads");
  return {
    dir,
    maxBytes: env.MAX_FILE_SIZE,
    types: env.ALLOWED_FILE_TYPES,
    quota: env.UPLOAD_QUOTA,
    expiresMs: env.UPLOAD_EXPIRES_IN,
    delivery: env.UPLOAD_DELIVERY,
    scanner: env.SCANNER_URL,
    s3,
  };
}

function toSmtp(env: Variables): SmtpConfig | undefined {
  if (!env.SMTP_HOST || !env.SMTP_FROM) return undefined;
  return {
    host: env.SMTP_HOST,
    port: env.SMTP_PORT,
    user: env.SMTP_USER,
    pass: env.SMTP_PASS,
    from: env.SMTP_FROM,
  };
}

/** Whoever switches the limit of addresses off means logins and registrations too. */
function toLimits(env: Variables): LimitSettings {
  return {
    windowMs: env.RATE_LIMIT_WINDOW_MS,
    maxRequests: env.RATE_LIMIT_MAX_REQUESTS,
    userRequests: env.RATE_LIMIT_USER_REQUESTS,
    messages: env.RATE_LIMIT_MESSAGES,
    uploads: env.RATE_LIMIT_UPLOADS,
    account: env.RATE_LIMIT_ACCOUNT ?? (env.RATE_LIMIT_MAX_REQUESTS === 0 ? 0 : DEFAULT_ACCOUNT_LIMIT),
  };
}

const DEFAULT_ACCOUNT_LIMIT = 20;

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
