import type { Clock, Stop } from "../kernel/clock.ts";

/** The least time between two events of one file. */
const PROGRESS_EVERY_MS = 200;

/** How far a file has come. */
export interface Progress {
  readonly conversationId: string;
  readonly userId: string;
  readonly uploadId: string;
  /** Per cent. */
  readonly progress: number;
  /** The connection that says so, which is not told. */
  readonly origin: string;
}

interface Course {
  /** What was said last and is not told yet. */
  latest: Progress | undefined;
  later: Stop;
}

/**
 * How far files have come, as the connections of this node say it: at most five events a second for each file, and the
 * last one always.
 */
export class UploadProgress {
  readonly #clock: Clock;
  readonly #tell: (progress: Progress) => void;
  readonly #courses = new Map<string, Course>();

  constructor(clock: Clock, tell: (progress: Progress) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  say(progress: Progress): void {
    const key = `${progress.conversationId} ${progress.userId} ${progress.uploadId}`;
    const course = this.#courses.get(key);
    if (course) {
      course.latest = progress;
      return;
    }
    this.#tell(progress);
    this.#wait(key, { latest: undefined, later: () => {} });
  }

  /** Ends all timers. */
  close(): void {
    for (const { later } of this.#courses.values()) later();
    this.#courses.clear();
  }

  #wait(key: string, course: Course): void {
    this.#courses.set(key, course);
    course.later = this.#clock.after(PROGRESS_EVERY_MS, () => {
      const { latest } = course;
      if (!latest) return void this.#courses.delete(key);
      course.latest = undefined;
      this.#tell(latest);
      this.#wait(key, course);
    });
  }
}
