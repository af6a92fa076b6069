import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { systemClock } from "../../kernel/clock.ts";
import { Turnstile } from "../../kernel/turnstile.ts";

/** What a hash costs; the defaults are OWASP's for Argon2id. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  /** Hashes computed at the same time. */
  readonly concurrency: number;
  /** Hashes that may wait; beyond, `overloaded`. */
  readonly queue?: number;
}

const DEFAULT_QUEUE = 100;
/** How long a hash waits for its turn at most: whoever asked has given up by then. */
const PATIENCE_MS = 30_000;
const PARALLELISM = 1;
const VERSION = 19;
const SALT_BYTES = 16;
const HASH_BITS = 256;

interface Parameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Hashes passwords by Argon2id (RFC 9106), few at a time; kept in the PHC string form with their parameters. */
export class PasswordHasher {
  readonly #cost: PasswordCost;
  readonly #turnstile: Turnstile;

  constructor(cost: PasswordCost, clock: Clock = systemClock) {
    const { concurrency, queue = DEFAULT_QUEUE } = cost;
    this.#cost = cost;
    this.#turnstile = new Turnstile({ clock, places: concurrency, queue, patienceMs: PATIENCE_MS });
  }

  /** The encoded hash of a password under a new salt. Throws `overloaded`. */
  async hash(password: string): Promise<string> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const parameters = this.#parameters();
    return encode(parameters, salt, await this.#derive(password, salt, parameters));
  }

  /** Whether `encoded` is of `password`; takes as long as a hash whatever the answer. Throws `overloaded`. */
  async verify(password: string, encoded: string): Promise<boolean> {
    const { parameters, salt, hash } = decode(encoded);
    return timingSafeEqual(await this.#derive(password, salt, parameters), hash);
  }

  /** A hash of today's cost that no password is known for. */
  dummy(): string {
    const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
    return encode(this.#parameters(), random(SALT_BYTES), random(HASH_BITS / 8));
  }

  /** Whether `encoded` was made at another cost than is asked for today. */
  isOutdated(encoded: string): boolean {
    const { parameters } = decode(encoded);
    return parameters.memory !== this.#cost.memoryKib || parameters.passes !== this.#cost.passes;
  }

  #parameters(): Parameters {
    return { memory: this.#cost.memoryKib, passes: this.#cost.passes, parallelism: PARALLELISM };
  }

  #derive(password: string, salt: Uint8Array, parameters: Parameters): Promise<Uint8Array> {
    return this.#turnstile.run(() => argon2id(password, salt, parameters));
  }
}

async function argon2id(password: string, salt: Uint8Array, parameters: Parameters): Promise<Uint8Array> {
  // The types of the runtime do not know these names yet.
  const format = "raw-secret" as "raw";
  const key = await crypto.subtle.importKey(format, new TextEncoder().encode(password), "Argon2id", false, [
    "deriveBits",
  ]);
  const algorithm = { name: "Argon2id", nonce: salt, version: VERSION, ...parameters };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, HASH_BITS));
}

function encode({ memory, passes, parallelism }: Parameters, salt: Uint8Array, hash: Uint8Array): string {
  return `$argon2id$v=${VERSION}$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

const ENCODED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

function decode(encoded: string): { parameters: Parameters; salt: Uint8Array; hash: Uint8Array } {
  const [, memory, passes, parallelism, salt, hash] = ENCODED.exec(encoded) ?? [];
  if (!salt || !hash) throw new TypeError("not an encoded Argon2id hash");
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: new Uint8Array(Buffer.from(salt, "base64")),
    hash: new Uint8Array(Buffer.from(hash, "base64")),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
