import { Alarm } from "./clock.ts";
import type { ParleyError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { ClientClock } from "./types.ts";

type MarkEvent = "mark_read" | "mark_delivered";

/** What the marks work with. */
export interface MarkDeps {
  readonly clock: ClientClock;
  readonly line: () => Link | undefined;
  /** The server knows, or does not want to know, how far the user has read. */
  readonly onSettled: (conversationId: string) => void;
}

const GATHER_MS = 250;
const ROUND_MS = 1_000;
/** Marks in one round where the server has no limit. */
const MANY = 200;

/** Tells the server up to where the user has received and read: the furthest place of each conversation, in rounds. */
export class Marks {
  readonly #deps: MarkDeps;
  readonly #alarm: Alarm;
  readonly #marks: Readonly<Record<MarkEvent, Map<string, number>>> = {
    mark_read: new Map(),
    mark_delivered: new Map(),
  };
  readonly #telling = new Set<string>();

  constructor(deps: MarkDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock);
  }

  /** How far the user has read, as far as the server has not said that it knows. */
  unsettled(conversationId: string): number | undefined {
    return this.#marks.mark_read.get(conversationId);
  }

  read(conversationId: string, seq: number): void {
    this.#mark("mark_read", conversationId, seq);
  }

  delivered(conversationId: string, seq: number): void {
    // What is read has been received.
    if (seq > (this.#marks.mark_read.get(conversationId) ?? 0)) {
      this.#mark("mark_delivered", conversationId, seq);
    }
  }

  drop(conversationId: string): void {
    for (const marks of Object.values(this.#marks)) marks.delete(conversationId);
  }

  /** Tells what waits, soon. */
  pump(ms: number = GATHER_MS): void {
    if (!this.#alarm.isSet) this.#alarm.set(ms, () => this.#round());
  }

  close(): void {
    this.#alarm.clear();
  }

  #mark(event: MarkEvent, conversationId: string, seq: number): void {
    const marks = this.#marks[event];
    marks.set(conversationId, Math.max(seq, marks.get(conversationId) ?? 0));
    this.pump();
  }

  /** A part of what the user may send, so that messages have the rest. */
  #round(): void {
    const line = this.#deps.line();
    if (!line) return;
    const messages = line.hello?.limits.messages ?? 0;
    const most = messages === 0 ? MANY : Math.max(1, Math.floor(messages / 2));
    const events = ["mark_read", "mark_delivered"] as const;
    const due = events.flatMap((event) => [...this.#marks[event]].map(([id, seq]) => ({ event, id, seq })))
      .filter(({ event, id }) => !this.#telling.has(`${event} ${id}`));
    for (const mark of due.slice(0, most)) void this.#tell(line, mark.event, mark.id, mark.seq);
    if (due.length > most) this.pump(ROUND_MS);
  }

  async #tell(line: Link, event: MarkEvent, conversationId: string, seq: number): Promise<void> {
    const key = `${event} ${conversationId}`;
    this.#telling.add(key);
    try {
      await line.ask(event, { conversationId, seq });
      this.#settle(event, conversationId, seq);
    } catch (error) {
      const { retryable, retryAfterMs, code } = error as ParleyError;
      if (!retryable) this.#settle(event, conversationId, seq);
      else if (code !== "closed") this.pump(retryAfterMs ?? ROUND_MS);
    } finally {
      this.#telling.delete(key);
    }
    if (this.#marks[event].has(conversationId)) this.pump();
  }

  #settle(event: MarkEvent, conversationId: string, seq: number): void {
    const marks = this.#marks[event];
    if (marks.get(conversationId) !== seq) return;
    marks.delete(conversationId);
    if (event === "mark_read") this.#deps.onSettled(conversationId);
  }
}
