import type { PresenceStore } from "../ports/presence.ts";
import { UpstashScripts } from "./presence/scripts_upstash.ts";
import type { SharedPresenceOptions } from "./presence/shared.ts";
import { SharedPresence } from "./presence/shared.ts";
import type { UpstashOptions } from "./upstash/client.ts";
import { DEFAULT_PREFIX, upstash } from "./upstash/client.ts";

export interface UpstashPresenceOptions extends UpstashOptions, Pick<SharedPresenceOptions, "leaseMs"> {}

/** Opens leases that nodes share by an Upstash Redis, over REST. */
export function openUpstashPresence(options: UpstashPresenceOptions): PresenceStore {
  return new SharedPresence(new UpstashScripts(upstash(options)), { prefix: DEFAULT_PREFIX, ...options });
}
