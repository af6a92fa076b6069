import type { Clock } from "./kernel/clock.ts";
import { iso } from "./kernel/clock.ts";
import type { Logger } from "./kernel/log.ts";
import type { ConversationDeps } from "./modules/conversations/deps.ts";
import { purgeEnded, stripExpired } from "./modules/conversations/upkeep.ts";
import type { Uploads } from "./modules/uploads/service.ts";
import { sweepUploads } from "./modules/uploads/upkeep.ts";
import type { Store } from "./ports/store.ts";

/** What upkeep works with. */
export interface UpkeepDeps {
  readonly chat: ConversationDeps;
  readonly files: Uploads;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 60_000;
/** Records that one round deletes at most, so that chat never waits for it. */
const PURGE_LIMIT = 1_000;

/**
 * Once a minute: deletes what has expired and what ended conversations have left, strips the messages that retention
 * lets go, and deletes files that nothing refers to. Several nodes may do so at once. Answers how to stop, which waits
 * for a round that is under way.
 */
export function startUpkeep(deps: UpkeepDeps): () => Promise<void> {
  let round: Promise<void> | undefined;
  const stop = deps.clock.every(EVERY_MS, () => {
    round ??= keepUp(deps).finally(() => round = undefined);
  });
  return async () => {
    stop();
    await round;
  };
}

async function keepUp({ chat, files, store, clock, log }: UpkeepDeps): Promise<void> {
  const now = clock.now();
  try {
    const expired = await store.sweep(iso(now));
    const purged = await purgeEnded(chat, now, PURGE_LIMIT);
    const stripped = await stripExpired(chat, now);
    log.debug("upkeep", { expired, purged, stripped });
  } catch (error) {
    log.warn("upkeep_failed", { error: String(error) });
  }
  try {
    log.debug("upkeep_of_files", { dropped: await sweepUploads(files, now) });
  } catch (error) {
    log.warn("upkeep_of_files_failed", { error: String(error) });
  }
}
