import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { Pressure } from "../kernel/pressure.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Bus } from "../ports/bus.ts";
import type { PresenceStore } from "../ports/presence.ts";
import type { Store } from "../ports/store.ts";
import type { Command } from "./command.ts";
import type { People, Views } from "./views.ts";

/** Numbers that bound a connection; 0 is no limit. */
export interface GatewayLimits {
  /** A client that says nothing for twice this long is gone. */
  readonly heartbeatMs: number;
  /** Code points of a message's text. */
  readonly maxMessageLength: number;
  /** Messages a user may send in 10 s. */
  readonly messages: number;
  readonly maxConnectionsPerUser: number;
}

/** What the gateway works with. */
export interface GatewayDeps {
  readonly store: Store;
  readonly bus: Bus;
  readonly presence: PresenceStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly views: Views;
  readonly people: People;
  /** The modules' commands. */
  readonly commands: readonly Command[];
  readonly limits: GatewayLimits;
  /** Whom an access token speaks for; throws `unauthenticated` or `token_expired`. */
  readonly verify: (token: string) => Promise<Principal>;
  /** Those of these sessions that are over, wherever they were ended; not asked where no other node can end one. */
  readonly endedSessions?: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Takes one of the user's messages, or throws `rate_limited`. */
  readonly takeMessage: (userId: string) => Promise<void>;
  /** How much this node has to do; nobody measures it unless given. */
  readonly pressure?: Pressure;
  /** Where the sockets' numbers are kept; nobody reads them unless given. */
  readonly metrics?: Metrics;
  readonly region: string;
  readonly instance: string;
}
