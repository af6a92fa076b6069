import { setImmediate } from "node:timers";
import type { Store } from "../../src/ports/store.ts";

const READS = new Set<PropertyKey>(["get", "find", "heads", "count"]);

/** A store whose reads answer late, some by turns of the loop and some by milliseconds, as `random` (0 to 1) has it. */
export function slowStore(store: Store, random: () => number): Store {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (!READS.has(key)) return value.bind(target);
      return async (...args: unknown[]) => {
        await dawdle(random());
        const answer: unknown = await value.apply(target, args);
        await dawdle(random());
        return answer;
      };
    },
  });
}

function dawdle(chance: number): Promise<void> {
  return new Promise((resolve) => {
    if (chance < 0.9) setImmediate(resolve);
    else setTimeout(resolve, (chance - 0.9) * 60);
  });
}
