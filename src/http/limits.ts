import { ParleyError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { Allowance, Budget, Limiter } from "../ports/limiter.ts";

/** The budgets of the service. */
export interface Budgets {
  /** Per address, for callers without a valid token. */
  readonly anonymous: Budget;
  /** Per user. */
  readonly user: Budget;
  /** Messages sent, per user, over HTTP and sockets alike. */
  readonly messages: Budget;
  /** Files brought, per user. */
  readonly uploads: Budget;
  /** Links of files followed, per address. */
  readonly links: Budget;
  /** Logins and registrations, per account. */
  readonly account: Budget;
}

/** Numbers of the configuration; 0 is no limit. */
export interface LimitSettings {
  readonly windowMs: number;
  readonly maxRequests: number;
  readonly userRequests: number;
  readonly messages: number;
  readonly uploads?: number;
  readonly account: number;
}

const USER_WINDOW_MS = 60_000;
const MESSAGE_WINDOW_MS = 10_000;
/** A page shows many pictures, and many people may share an address. */
const LINKS_PER_REQUEST = 10;

/** A limiter that hears what became of the requests about which it failed. */
export interface WatchedLimiter extends Limiter {
  readonly onFailure?: (became: "passed" | "refused") => void;
}

/** The budgets that the settings give. */
export function budgets(settings: LimitSettings): Budgets {
  return {
    anonymous: { name: "anonymous", points: settings.maxRequests, windowMs: settings.windowMs },
    user: { name: "user", points: settings.userRequests, windowMs: USER_WINDOW_MS },
    messages: { name: "messages", points: settings.messages, windowMs: MESSAGE_WINDOW_MS },
    uploads: { name: "uploads", points: settings.uploads ?? 0, windowMs: USER_WINDOW_MS },
    links: { name: "links", points: settings.userRequests * LINKS_PER_REQUEST, windowMs: USER_WINDOW_MS },
    account: { name: "account", points: settings.account, windowMs: settings.windowMs },
  };
}

/** Takes a point where a limiter without an answer means no. Throws `limiter_unavailable`. */
export async function takeSurely(limiter: WatchedLimiter, budget: Budget, key: string): Promise<Allowance> {
  try {
    return await limiter.take(budget, key);
  } catch (cause) {
    limiter.onFailure?.("refused");
    throw new ParleyError("limiter_unavailable", undefined, { cause });
  }
}

/** Takes a point where a limiter without an answer lets pass: being reachable counts for more there. */
export async function takeOrPass(
  limiter: WatchedLimiter,
  budget: Budget,
  key: string,
  log: Logger,
): Promise<Allowance | undefined> {
  try {
    return await limiter.take(budget, key);
  } catch (error) {
    limiter.onFailure?.("passed");
    log.error("limiter_failed", { budget: budget.name }, error);
    return undefined;
  }
}

/** A `rate_limited` that knows which of several budgets had nothing left. */
export class LimitReached extends ParleyError {
  readonly allowance: Allowance;

  constructor(allowance: Allowance) {
    super("rate_limited", undefined, { retryAfterMs: allowance.resetMs });
    this.allowance = allowance;
  }
}

/** Throws `LimitReached` when nothing was left. */
export function orRefuse(allowance: Allowance): void {
  if (!allowance.allowed) throw new LimitReached(allowance);
}
