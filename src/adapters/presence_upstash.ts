import type { PresenceStore } from "../ports/presence.ts";
import type { Scripts, SharedPresenceOptions } from "./presence/shared.ts";
import { SharedPresence } from "./presence/shared.ts";
import type { UpstashOptions } from "./upstash/client.ts";
import { DEFAULT_PREFIX, upstash } from "./upstash/client.ts";

export interface UpstashPresenceOptions extends UpstashOptions, Pick<SharedPresenceOptions, "leaseMs"> {}

/** Opens leases that nodes share by an Upstash Redis, over REST. */
export function openUpstashPresence(options: UpstashPresenceOptions): PresenceStore {
  const client = upstash(options);
  const scripts: Scripts = {
    run: (script, keys, args) => client.eval(script, [...keys], [...args]),
    close: () => Promise.resolve(),
  };
  return new SharedPresence(scripts, { prefix: DEFAULT_PREFIX, ...options });
}
