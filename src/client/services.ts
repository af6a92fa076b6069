import type { Failure, ParleyError } from "./errors.ts";
import type { Emitter } from "./events.ts";
import type { Call, Http } from "./http.ts";
import type { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import type { Outbox } from "./outbox.ts";
import type { PresenceEntry } from "./protocol.ts";
import type { Client, ClientClock, ClientStorage } from "./types.ts";
import type { MessageView, User } from "./wire.ts";

/** What a client is made with; every part of it works with these. */
export interface Runtime {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly clock: ClientClock;
  /** Milliseconds to wait before the `attempt`th time, from 1. */
  readonly retryMs: (attempt: number) => number;
  readonly storage: ClientStorage;
  readonly emitter: Emitter;
  readonly http: Http;
}

/** What changes of a conversation are told as. */
export type ChatEvent = "conversations" | "conversation" | "messages" | "typing" | "receipts" | "uploads";

/** What the parts of one user's account work with. */
export interface Services {
  readonly clock: ClientClock;
  readonly runtime: Runtime;
  /** As last known, also after signing out. */
  readonly me: User;
  readonly outbox: Outbox;
  readonly marks: Marks;
  readonly request: Client["request"];
  /** What `request` does, for routes that stand in no table. */
  call(route: string, call: Call): Promise<unknown>;
  /** Aborted once the account is left: nothing is done in its name any more. */
  readonly ended: AbortSignal;
  /** The line, while nothing is missed over it. */
  readonly line: Link | undefined;
  /** Something that listeners see has changed. */
  changed(event: ChatEvent, id: string): void;
  /** Something that is to be kept of a conversation has changed. */
  keep(id: string): void;
  /** A message has come that this client did not know of. */
  said(message: MessageView): void;
  /** The server has stored a message of the user's; answers whether it has its place among those that are loaded. */
  stored(message: MessageView): boolean;
  present(entries: readonly PresenceEntry[]): void;
  /** The user is no longer in a conversation. */
  left(id: string): void;
  /** A failure of the client's own: what is loaded on demand need not bring the error along. */
  readonly failure: (code: string, known?: Failure) => ParleyError;
  /** Something failed that nobody waits for. */
  failed(error: ParleyError): void;
  /** Work that nobody waits for. What fails is tried again over the next line; only what that cannot mend is told. */
  readonly background: (work: Promise<void>) => void;
}
