import { overloaded } from "../kernel/backoff.ts";
import { ParleyError } from "../kernel/errors.ts";
import type { Pressure } from "../kernel/pressure.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Budget } from "../ports/limiter.ts";
import type { Call } from "./call.ts";
import { orRefuse, takeOrPass, takeSurely } from "./limits.ts";
import type { Budgets, WatchedLimiter } from "./limits.ts";
import type { HttpMeters } from "./meters.ts";

/**
 * What a call counts on. `general`: the user's budget, or the address's without a valid token. `messages`: the
 * user's budget for messages, `uploads` the one for files. `credentials`: the address's, refusing when the limiter
 * cannot answer. `none`: nothing.
 */
export type LimitName = "general" | "messages" | "uploads" | "credentials" | "none";

/** Shows whom an access token speaks for, or throws `unauthenticated` or `token_expired`. */
export type Authenticate = (token: string) => Principal | Promise<Principal>;

/** What the guard works with. */
export interface GuardDeps {
  readonly authenticate: Authenticate;
  readonly limiter: WatchedLimiter;
  readonly budgets: Budgets;
  readonly pressure: Pressure;
  readonly meters: HttpMeters;
}

/** Lets calls in: access tokens first, then limits. */
export class Guard {
  readonly #deps: GuardDeps;

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  /**
   * Throws `overloaded` while the node has no time for such a call: first for what counts on `credentials` or says of
   * itself that it `yields`, in the end for all but what counts on nothing.
   */
  makeWay(limit: LimitName, yields: boolean): void {
    const { late, choked } = this.#deps.pressure;
    if (!late || limit === "none" || !(choked || yields || limit === "credentials")) return;
    this.#deps.meters.shed.add();
    throw overloaded();
  }

  /**
   * Throws `unauthenticated`, `token_expired`, `rate_limited` or `limiter_unavailable`. A call whose token is not
   * valid counts on its address, so that guessing is limited too.
   */
  async admit(
    call: Call,
    auth: "none" | "user" | "link",
    limit: LimitName,
    authorization: string | null,
  ): Promise<void> {
    if (auth === "user" || (auth === "link" && authorization !== null)) {
      await this.#identify(call, authorization);
    }
    if (limit === "none") return;
    const { budgets } = this.#deps;
    if (limit === "credentials") {
      await this.#takeSurely(call, budgets.anonymous, call.address);
    } else if (!call.user) {
      await this.#take(call, auth === "link" ? budgets.links : budgets.anonymous, call.address);
    } else {
      await this.#take(call, budgets[limit === "general" ? "user" : limit], call.user.userId);
    }
  }

  /** Counts a call that could not say who it is, so that guessing is limited. Throws `rate_limited`. */
  async countRefusal(call: Call): Promise<void> {
    await this.#take(call, this.#deps.budgets.anonymous, call.address);
  }

  async #identify(call: Call, authorization: string | null): Promise<void> {
    try {
      const known = this.#deps.authenticate(bearer(authorization));
      call.user = known instanceof Promise ? await known : known;
    } catch (error) {
      if (error instanceof ParleyError && error.status === 401) await this.countRefusal(call);
      throw error;
    }
  }

  async #takeSurely(call: Call, budget: Budget, key: string): Promise<void> {
    if (budget.points === 0) return;
    call.allowance = await takeSurely(this.#deps.limiter, budget, key);
    orRefuse(call.allowance);
  }

  async #take(call: Call, budget: Budget, key: string): Promise<void> {
    if (budget.points === 0) return;
    call.allowance = await takeOrPass(this.#deps.limiter, budget, key, call.log);
    if (call.allowance) orRefuse(call.allowance);
  }
}

function bearer(authorization: string | null): string {
  const token = authorization && /^Bearer +([\w~+/.=-]+) *$/i.exec(authorization)?.[1];
  if (!token) throw new ParleyError("unauthenticated");
  return token;
}
