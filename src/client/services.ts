import type { ParleyError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import type { Outbox } from "./outbox.ts";
import type { PresenceEntry } from "./protocol.ts";
import type { Client, ClientClock } from "./types.ts";
import type { MessageView, User } from "./wire.ts";

/** What changes of a conversation are told as. */
export type ChatEvent = "conversations" | "conversation" | "messages" | "typing" | "receipts";

/** What conversations work with. */
export interface Services {
  readonly clock: ClientClock;
  readonly me: User;
  readonly outbox: Outbox;
  readonly marks: Marks;
  readonly request: Client["request"];
  /** The line, while nothing is missed over it. */
  readonly line: () => Link | undefined;
  /** Something that listeners see has changed. */
  readonly onChange: (event: ChatEvent, id: string) => void;
  /** Something that is to be kept has changed. */
  readonly onDirty: (id: string) => void;
  /** A message has come that this client did not know of. */
  readonly onMessage: (message: MessageView) => void;
  readonly onPresence: (entries: readonly PresenceEntry[]) => void;
  /** The user has left a conversation, or ended or hidden it. */
  readonly onLeft: (id: string) => void;
  /** A conversation is gone from the list. */
  readonly onRemoved: (id: string) => void;
  /** Something failed that nobody waits for. */
  readonly onError: (error: ParleyError) => void;
}
