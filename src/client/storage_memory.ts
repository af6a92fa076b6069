import type { ClientStorage } from "./types.ts";

/** Keeps entries as long as the program runs. */
export function memoryStorage(): ClientStorage {
  const entries = new Map<string, unknown>();
  return {
    get: <T>(key: string) => Promise.resolve(structuredClone(entries.get(key)) as T | undefined),
    set(changes) {
      for (const [key, value] of structuredClone(changes)) entries.set(key, value);
      return Promise.resolve();
    },
    delete(keys) {
      for (const key of keys) entries.delete(key);
      return Promise.resolve();
    },
    keys: (prefix) => Promise.resolve([...entries.keys()].filter((key) => key.startsWith(prefix)).sort()),
    clear: () => Promise.resolve(entries.clear()),
    close() {},
  };
}
