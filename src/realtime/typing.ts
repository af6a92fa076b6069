import type { Clock, Stop } from "../kernel/clock.ts";

/** How long someone counts as typing who says no more. */
const TYPING_MS = 6_000;
/** The least time between two events of one user in one conversation. */
const TYPING_EVERY_MS = 1_000;

/** Tells that someone is typing, or no longer. */
export type TellTyping = (conversationId: string, userId: string, isTyping: boolean, origin: string) => void;

interface Typist {
  readonly conversationId: string;
  readonly userId: string;
  origin: string;
  wants: boolean;
  told: boolean;
  toldAt: number;
  expires: Stop;
  later: Stop;
}

/**
 * Who types where, as the connections of this node say it. At most one event a second for each user and conversation
 * goes out, the last state always does, and silence ends it.
 */
export class Typing {
  readonly #clock: Clock;
  readonly #tell: TellTyping;
  readonly #typists = new Map<string, Typist>();

  constructor(clock: Clock, tell: TellTyping) {
    this.#clock = clock;
    this.#tell = tell;
  }

  start(conversationId: string, userId: string, origin: string): void {
    const key = `${conversationId} ${userId}`;
    const typist = this.#typists.get(key) ?? {
      conversationId,
      userId,
      origin,
      wants: false,
      told: false,
      toldAt: -Infinity,
      expires: () => {},
      later: () => {},
    };
    this.#typists.set(key, typist);
    typist.origin = origin;
    typist.expires();
    typist.expires = this.#clock.after(TYPING_MS, () => this.stop(conversationId, userId));
    this.#want(key, typist, true);
  }

  stop(conversationId: string, userId: string): void {
    const key = `${conversationId} ${userId}`;
    const typist = this.#typists.get(key);
    if (!typist) return;
    typist.expires();
    this.#want(key, typist, false);
  }

  /** The user is no member any more: it stops at once, and nothing follows later. */
  leave(conversationId: string, userId: string): void {
    const key = `${conversationId} ${userId}`;
    const typist = this.#typists.get(key);
    if (!typist) return;
    typist.expires();
    typist.later();
    this.#typists.delete(key);
    if (typist.told) this.#tell(conversationId, userId, false, typist.origin);
  }

  /** Ends all timers. */
  close(): void {
    for (const typist of this.#typists.values()) {
      typist.expires();
      typist.later();
    }
    this.#typists.clear();
  }

  #want(key: string, typist: Typist, isTyping: boolean): void {
    typist.wants = isTyping;
    typist.later();
    const wait = typist.toldAt + TYPING_EVERY_MS - this.#clock.now();
    if (wait > 0) typist.later = this.#clock.after(wait, () => this.#say(key, typist));
    else this.#say(key, typist);
  }

  #say(key: string, typist: Typist): void {
    const { conversationId, userId, wants, told, origin } = typist;
    if (wants !== told) {
      typist.told = wants;
      typist.toldAt = this.#clock.now();
      this.#tell(conversationId, userId, wants, origin);
    }
    if (!wants) this.#forget(key, typist);
  }

  /** Forgets one who has stopped, once another event would be allowed. */
  #forget(key: string, typist: Typist): void {
    typist.later = this.#clock.after(TYPING_EVERY_MS, () => {
      if (!typist.wants && this.#typists.get(key) === typist) this.#typists.delete(key);
    });
  }
}
