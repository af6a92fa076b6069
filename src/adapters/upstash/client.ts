import { Redis } from "@upstash/redis";
import type { Logger } from "../../kernel/log.ts";

export interface UpstashOptions {
  readonly url: string;
  readonly token: string;
  readonly log: Logger;
  /** Begins every key and channel. Default `parley`. */
  readonly prefix?: string;
}

export const DEFAULT_PREFIX = "parley";

const TIMEOUT_MS = 1_500;

/** A client whose commands are tried once and fail after 1.5 s without an answer; it tells nobody of its use. */
export function upstash({ url, token }: Pick<UpstashOptions, "url" | "token">): Redis {
  return new Redis({
    url,
    token,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
    automaticDeserialization: false,
    responseEncoding: false,
    readYourWrites: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
    latencyLogging: false,
  });
}

/** What went wrong, for the log: the library's own texts go on with the command, and so with keys and messages. */
export function reason(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split(", command was")[0]}` : "unknown";
}
