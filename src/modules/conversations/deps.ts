import type { Clock } from "../../kernel/clock.ts";
import type { Writer } from "../../order/writer.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Store } from "../../ports/store.ts";
import type { People } from "./people.ts";
import type { ConversationViews } from "./view.ts";

/** Files of conversations, which go with what they belong to. */
export interface ConversationFiles {
  /** Lets go of some files of messages before a place. */
  clearBefore(conversationId: string, seq: number): Promise<void>;
  /** Lets go of some files of a conversation. Answers whether none are left. */
  clear(conversationId: string): Promise<boolean>;
}

/** What the conversations module works with. */
export interface ConversationDeps {
  readonly store: Store;
  readonly writer: Writer;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly people: People;
  readonly views: ConversationViews;
  readonly files?: ConversationFiles | undefined;
  /** `settings.messageRetention` of conversations that do not name one; days, 0 keeps for ever. */
  readonly defaultRetention: number;
}
