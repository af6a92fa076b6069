import { Alarm } from "./clock.ts";
import { errorOf, failure } from "./errors.ts";
import { lostLine, parseFrame } from "./protocol.ts";
import type { Envelope, Hello, ServerPush } from "./protocol.ts";
import type { ClientClock, Socket } from "./types.ts";

/** How a socket ended: a close code, or 1006 when it was left. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** States of a WebSocket. */
const OPEN = 1;
const CLOSED = 3;

interface Asked {
  readonly resolve: (data: never) => void;
  readonly reject: (error: Error) => void;
}

const OPENING_MS = 15_000;
/** How long a pong may take, and how long after a sleep. */
const PONG_MS = 10_000;
const PROBE_MS = 4_000;
/** The clock is looked at this often, so that a sleep is soon noticed. */
const LOOK_MS = 5_000;
/** How long the other side may take to agree to an end. */
const CLOSING_MS = 1_000;
/** A timer that is later than this has slept. */
const LATE_MS = 3_000;

/**
 * One socket, from its opening to its end: commands with their answers, pushes in order, and a heartbeat. A socket
 * that stays silent is left to itself: its own end may take minutes to come.
 */
export class Link {
  /** Comes once; never when the socket ends before. */
  hello: Hello | undefined;
  readonly greeted: Promise<Hello>;
  readonly ended: Promise<Ending>;
  isOpen = true;
  readonly #socket: Socket;
  readonly #clock: ClientClock;
  readonly #onPush: (push: ServerPush) => void;
  readonly #look: Alarm;
  readonly #deadline: Alarm;
  readonly #asked = new Map<string, Asked>();
  #greet: (hello: Hello) => void = () => {};
  #end: (ending: Ending) => void = () => {};
  #ids = 0;
  #frames = 0;
  #pingedAt: number;

  constructor(socket: Socket, clock: ClientClock, onPush: (push: ServerPush) => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onPush = onPush;
    this.#look = new Alarm(clock);
    this.#deadline = new Alarm(clock);
    this.#pingedAt = clock.now();
    this.greeted = new Promise((resolve) => this.#greet = resolve);
    this.ended = new Promise((resolve) => this.#end = resolve);
    socket.onmessage = ({ data }) => this.#receive(String(data));
    socket.onclose = ({ code, reason }) => this.#finish({ code, reason });
    socket.onerror = () => {}; // what follows is `close`
    this.#deadline.set(OPENING_MS, () => this.leave("no answer"));
  }

  /** Sends a command and gives the answer's data. Rejects with what the server answers, or `closed`. */
  ask<T>(event: string, data: object = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(lostLine());
      const id = String(++this.#ids);
      const frame = JSON.stringify({ id, event, data });
      if (this.#isTooLong(frame)) return reject(failure("payload_too_large"));
      this.#asked.set(id, { resolve, reject });
      this.#send(frame);
    });
  }

  /** Sends a command whose answer, if there is one, does not matter. */
  tell(event: string, data: object): void {
    if (this.isOpen) this.#send(JSON.stringify({ event, data }));
  }

  /** Asks for a sign of life, and leaves the socket when none comes soon. */
  probe(): void {
    if (this.hello) this.#ping(PROBE_MS);
  }

  /** Leaves the socket to itself, and does not wait for the other side. */
  leave(reason: string): void {
    if (!this.isOpen) return;
    this.#socket.onclose = null;
    this.#socket.close(1000);
    this.#finish({ code: 1006, reason });
  }

  /** Ends the socket, and waits a moment for the other side to agree. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.readyState === CLOSED) return resolve();
      this.leave("closed");
      const agreed = () => {
        this.#deadline.clear();
        resolve();
      };
      this.#socket.onclose = agreed;
      this.#deadline.set(CLOSING_MS, agreed);
    });
  }

  /** One that is about to close takes nothing more: its end is what everyone waits for. */
  #send(frame: string): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(frame);
  }

  /** The server ends a connection that sends more than this. */
  #isTooLong(frame: string): boolean {
    return new Blob([frame]).size > (this.hello?.limits.maxFrameBytes ?? Infinity);
  }

  #receive(frame: string): void {
    this.#frames++;
    try {
      for (const envelope of parseFrame(frame)) if (this.isOpen) this.#take(envelope);
    } catch (error) {
      // Nobody can tell what of it was taken in: the next connection resumes from what was.
      this.leave(`malformed: ${error}`);
    }
  }

  #take(envelope: Envelope): void {
    if (envelope.event === "hello") return this.#begin(envelope.data);
    // What comes in the same frame behind `synced` is live already.
    if (envelope.id === undefined || envelope.event === "synced") this.#onPush(envelope);
    if (envelope.id !== undefined) this.#answered(envelope.id, envelope);
  }

  #answered(id: string, { error, data }: Envelope): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error) asked?.reject(errorOf(error));
    else asked?.resolve(data as never);
  }

  #begin(hello: Hello): void {
    this.hello = hello;
    this.#deadline.clear();
    this.#pingedAt = this.#clock.now();
    this.#beat();
    this.#greet(hello);
  }

  #beat(): void {
    const heartbeatMs = this.hello?.heartbeatMs ?? LOOK_MS;
    const every = Math.min(LOOK_MS, heartbeatMs);
    const due = this.#clock.now() + every;
    this.#look.set(every, () => {
      const now = this.#clock.now();
      if (now - due > LATE_MS) this.#ping(PROBE_MS);
      else if (now - this.#pingedAt + every > heartbeatMs) this.#ping(PONG_MS);
      this.#beat();
    });
  }

  #ping(patienceMs: number): void {
    this.#pingedAt = this.#clock.now();
    this.tell("ping", {});
    if (this.#deadline.isSet && patienceMs === PONG_MS) return;
    const [sentAt, frames] = [this.#pingedAt, this.#frames];
    this.#deadline.set(patienceMs, () => {
      if (this.#frames > frames) return;
      // What came while the machine slept may not have been read yet.
      if (this.#clock.now() - sentAt - patienceMs > LATE_MS) this.#ping(PROBE_MS);
      else this.leave("no heartbeat");
    });
  }

  #finish(ending: Ending): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#look.clear();
    this.#deadline.clear();
    for (const { reject } of this.#asked.values()) reject(lostLine());
    this.#asked.clear();
    this.#end(ending);
  }
}
