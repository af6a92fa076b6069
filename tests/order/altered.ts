import type { Store } from "../../src/ports/store.ts";

/** A store some of whose operations are done in another way. */
export function altered(store: Store, other: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(other, name) ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
