import { setImmediate } from "node:timers";
import type { Store } from "../../src/ports/store.ts";

const READS = new Set<PropertyKey>(["get", "find", "heads", "count"]);

/** A store whose reads answer after a few turns of the loop, as `random` (0 to 1) will have it. */
export function slowStore(store: Store, random: () => number): Store {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (!READS.has(key)) return value.bind(target);
      return async (...args: unknown[]) => {
        await turns(random() * 4);
        const answer: unknown = await value.apply(target, args);
        await turns(random() * 4);
        return answer;
      };
    },
  });
}

async function turns(count: number): Promise<void> {
  for (let turn = 1; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
