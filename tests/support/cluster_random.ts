/** Numbers from 0 up to, but not, 1, that follow from a seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of those given. */
export function pick<T>(random: () => number, some: readonly T[]): T {
  const picked = some[Math.floor(random() * some.length)];
  if (picked === undefined) throw new Error("there is nothing to pick from");
  return picked;
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `condition` holds and answers after how many milliseconds; fails after `ms`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  ms: number,
  what: () => string,
): Promise<number> {
  const began = performance.now();
  while (!await condition()) {
    if (performance.now() - began > ms) throw new Error(`not within ${ms} ms: ${what()}`);
    await pause(10);
  }
  return performance.now() - began;
}
