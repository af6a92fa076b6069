import { Alarm } from "./clock.ts";
import type { ParleyError } from "./errors.ts";
import type { Services } from "./services.ts";

type MarkEvent = "mark_read" | "mark_delivered";

const GATHER_MS = 250;
/** Between two marks: no more than half of what the server lets a connection send by default. */
const PACE_MS = 40;

/**
 * Tells the server up to where the user has received and read: the furthest place of each conversation, one after
 * another, so that whoever comes back to a thousand of them can still send.
 */
export class Marks {
  readonly #services: Services;
  readonly #alarm: Alarm;
  readonly #marks: Readonly<Record<MarkEvent, Map<string, number>>> = {
    mark_read: new Map(),
    mark_delivered: new Map(),
  };
  #isTelling = false;

  constructor(services: Services) {
    this.#services = services;
    this.#alarm = new Alarm(services.clock);
  }

  /** How far the user has read, as far as the server has not said that it knows. */
  unsettled(conversationId: string): number | undefined {
    return this.#marks.mark_read.get(conversationId);
  }

  /** Marks the conversation up to `seq`; what is read has been received. */
  mark(event: MarkEvent, conversationId: string, seq: number): void {
    const known = Math.max(this.#marks[event].get(conversationId) ?? 0, this.unsettled(conversationId) ?? 0);
    if (seq <= known) return;
    this.#marks[event].set(conversationId, seq);
    this.pump();
  }

  drop(conversationId: string): void {
    for (const marks of Object.values(this.#marks)) marks.delete(conversationId);
  }

  /** Tells what waits, soon. */
  pump(ms: number = GATHER_MS): void {
    if (!this.#alarm.isSet) this.#alarm.set(ms, () => this.#tell());
  }

  close(): void {
    this.#alarm.clear();
  }

  async #tell(): Promise<void> {
    const line = this.#services.line;
    const event = this.#marks.mark_read.size > 0 ? "mark_read" : "mark_delivered";
    const [next] = this.#marks[event];
    if (!line || !next || this.#isTelling) return;
    this.#isTelling = true;
    const [conversationId, seq] = next;
    let waitMs: number | undefined = PACE_MS;
    try {
      await line.ask(event, { conversationId, seq });
      this.#settle(event, conversationId, seq);
    } catch (error) {
      const { retryable, retryAfterMs } = error as ParleyError;
      waitMs = retryAfterMs;
      if (!retryable) this.#settle(event, conversationId, seq);
    }
    this.#isTelling = false;
    this.pump(waitMs);
  }

  #settle(event: MarkEvent, conversationId: string, seq: number): void {
    const marks = this.#marks[event];
    if (marks.get(conversationId) !== seq) return;
    marks.delete(conversationId);
    this.#services.keep(conversationId);
  }
}
