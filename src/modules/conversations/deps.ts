import type { Clock } from "../../kernel/clock.ts";
import type { Writer } from "../../order/writer.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Store } from "../../ports/store.ts";
import type { People } from "./people.ts";
import type { ConversationViews } from "./view.ts";

/** What the conversations module works with. */
export interface ConversationDeps {
  readonly store: Store;
  readonly writer: Writer;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly people: People;
  readonly views: ConversationViews;
  /** `settings.messageRetention` of conversations that do not name one; days, 0 keeps for ever. */
  readonly defaultRetention: number;
}
