import { assert, assertEquals } from "@std/assert";
import type { Allowance, Budget, Limiter } from "../../src/ports/limiter.ts";

export interface LimiterCase {
  readonly name: string;
  readonly run: (open: () => Promise<Limiter>) => Promise<void>;
}

/** So long that no test sees a window's end. */
const FOREVER_MS = 365 * 24 * 3_600_000;

function budget(over: Partial<Budget> = {}): Budget {
  return { name: "test", points: 3, windowMs: FOREVER_MS, ...over };
}

/** Takes until a take is refused: at most two windows' points. */
async function exhaust(limiter: Limiter, from: Budget, key: string): Promise<Allowance> {
  for (let taken = 0; taken <= 2 * from.points; taken++) {
    const answer = await limiter.take(from, key);
    if (!answer.allowed) return answer;
  }
  throw new Error("nothing was refused");
}

/** What every limiter does. */
export const limiterCases: readonly LimiterCase[] = [
  {
    name: "take() allows as many as the budget has, and says what is left",
    async run(open) {
      const limiter = await open();
      const answers = [];
      for (let n = 0; n < 5; n++) answers.push(await limiter.take(budget(), "ada"));
      assertEquals(answers.map(({ allowed }) => allowed), [true, true, true, false, false]);
      assertEquals(answers.map(({ remaining }) => remaining), [2, 1, 0, 0, 0]);
      assert(answers.every(({ limit, resetMs }) => limit === 3 && resetMs > 0 && resetMs <= FOREVER_MS));
    },
  },
  {
    name: "take() keeps keys and budgets apart",
    async run(open) {
      const limiter = await open();
      await exhaust(limiter, budget(), "ada");
      assertEquals((await limiter.take(budget(), "ben")).remaining, 2);
      assertEquals((await limiter.take(budget({ name: "other" }), "ada")).remaining, 2);
      assertEquals((await limiter.take(budget(), "::1 $where é")).remaining, 2);
    },
  },
  {
    name: "take() of a budget without limit always passes and counts nothing",
    async run(open) {
      const limiter = await open();
      const unlimited = { allowed: true, limit: 0, remaining: 0, resetMs: 0 };
      for (let n = 0; n < 5; n++) {
        assertEquals(await limiter.take(budget({ points: 0 }), "ada"), unlimited);
      }
      assertEquals((await limiter.take(budget(), "ada")).remaining, 2);
    },
  },
  {
    name: "take() allows exactly the points of a window to takes at once",
    async run(open) {
      const limiter = await open();
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => limiter.take(budget({ points: 25 }), "ada")),
      );
      assertEquals(answers.filter(({ allowed }) => allowed).length, 25);
    },
  },
  {
    name: "take() is allowed again once the time that it named has passed",
    async run(open) {
      const limiter = await open();
      const short = budget({ windowMs: 1_500 });
      const { resetMs } = await exhaust(limiter, short, "ada");
      assert(resetMs <= 1_500);
      await new Promise((resolve) => setTimeout(resolve, resetMs + 20));
      assert((await limiter.take(short, "ada")).allowed);
    },
  },
];

/** What limiters do that count for all nodes together. */
export const sharedLimiterCases: readonly LimiterCase[] = [
  {
    name: "nodes take from one budget",
    async run(open) {
      const nodes = [await open(), await open()];
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => nodes.map((node) => node.take(budget({ points: 25 }), "ada")))
          .flat(),
      );
      assertEquals(answers.filter(({ allowed }) => allowed).length, 25);
    },
  },
];
