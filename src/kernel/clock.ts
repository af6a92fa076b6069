/** Ends a timer; calling it twice is harmless. */
export type Stop = () => void;

/** Time as it is passed in, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs `task` once after `ms`. */
  after(ms: number, task: () => void): Stop;
  /** Runs `task` every `ms` until stopped. */
  every(ms: number, task: () => void): Stop;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  every(ms, task) {
    const timer = setInterval(task, ms);
    return () => clearInterval(timer);
  },
};

/** `ms` since 1970 as the wire writes it: ISO 8601 in UTC with milliseconds. Such texts sort as the times do. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
