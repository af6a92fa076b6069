import type { Logger } from "../../kernel/log.ts";
import type { PresenceStore } from "../../ports/presence.ts";
import type { Lease } from "./leases.ts";
import { Leases } from "./leases.ts";
import { ACQUIRE, LAPSED, ONLINE, RELEASE, RENEW } from "./scripts.ts";

/** Runs scripts on a Redis server. */
export interface Scripts {
  /** Answers what the script answers. Rejects, within its own deadline, when the server did not. */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface SharedPresenceOptions {
  readonly log: Logger;
  /** Begins every key. */
  readonly prefix: string;
  /** How long a lease lasts that is not renewed. */
  readonly leaseMs?: number;
}

/** Two renewals, 20 s apart, may fail, and a dead node's leases are gone within 60 s. */
const LEASE_MS = 50_000;
/** Leases, or users, of one script. */
const AT_ONCE = 500;

/** Leases that the nodes share by a Redis server, with those of this node beside them for when it is away. */
export class SharedPresence implements PresenceStore {
  readonly #scripts: Scripts;
  readonly #log: Logger;
  readonly #key: string;
  readonly #leaseMs: number;
  readonly #own = new Leases();
  #failing = false;

  constructor(scripts: Scripts, { log, prefix, leaseMs = LEASE_MS }: SharedPresenceOptions) {
    this.#scripts = scripts;
    this.#log = log;
    this.#key = `${prefix}:presence:`;
    this.#leaseMs = leaseMs;
  }

  async acquire(userId: string, connectionId: string): Promise<boolean> {
    const firstHere = this.#own.add([userId, connectionId]);
    const answer = await this.#run(ACQUIRE, [userId, connectionId, String(this.#leaseMs)]);
    return answer === undefined ? firstHere : answer === 1;
  }

  async release(userId: string, connectionId: string): Promise<boolean> {
    const lastHere = this.#own.delete([userId, connectionId]);
    const answer = await this.#run(RELEASE, [userId, connectionId]);
    return answer === undefined ? lastHere : answer === 1;
  }

  async renew(leases: Iterable<Lease>): Promise<void> {
    await Promise.all(parts([...leases]).map((part) => this.#renew(part)));
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    const answers = await Promise.all(parts(userIds).map((part) => this.#run(ONLINE, part)));
    if (!answers.every(isTexts)) return this.#own.among(userIds);
    return new Set(answers.flat());
  }

  async lapsed(): Promise<string[]> {
    const answer = await this.#run(LAPSED, [String(AT_ONCE)]);
    const gone = isTexts(answer) ? answer : [];
    const here = this.#own.among(gone);
    return gone.filter((userId) => !here.has(userId));
  }

  async close(): Promise<void> {
    this.#own.clear();
    await this.#scripts.close();
  }

  async #renew(leases: readonly Lease[]): Promise<void> {
    for (const lease of leases) this.#own.add(lease);
    await this.#run(RENEW, [String(this.#leaseMs), ...leases.flat()]);
    // A release may have overtaken the renewal, which then brought the lease back.
    const released = leases.filter((lease) => !this.#own.has(lease));
    await Promise.all(released.map((lease) => this.#run(RELEASE, lease)));
  }

  /** What the script answered; `undefined` when the server did not. */
  async #run(script: string, args: readonly string[]): Promise<unknown> {
    try {
      const answer = await this.#scripts.run(script, [this.#key], args);
      if (this.#failing) this.#log.info("presence_shared");
      this.#failing = false;
      return answer;
    } catch (error) {
      if (!this.#failing) {
        this.#log.warn("presence_not_shared", { error: error instanceof Error ? error.name : "unknown" });
      }
      this.#failing = true;
      return undefined;
    }
  }
}

function parts<T>(all: readonly T[]): T[][] {
  return Array.from(
    { length: Math.ceil(all.length / AT_ONCE) },
    (_, part) => all.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
