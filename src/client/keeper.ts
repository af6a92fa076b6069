import { Alarm } from "./clock.ts";
import type { Runtime } from "./services.ts";
import type { ClientStorage } from "./types.ts";

/** What an entry is when it is written; `undefined` takes it away. */
type Entry = () => unknown;

/** How long changes may gather: a reload loses no more than is read again from the server. */
const GATHER_MS = 200;

/** Writes behind: what has changed goes to the storage in one atomic step, as it is at that moment. */
export class Keeper {
  readonly #storage: ClientStorage;
  readonly #alarm: Alarm;
  #changed = new Map<string, Entry>();
  #writing: Promise<void> = Promise.resolve();

  constructor({ storage, clock }: Runtime) {
    this.#storage = storage;
    this.#alarm = new Alarm(clock);
  }

  /** Writes an entry soon. */
  keep(key: string, entry: Entry): void {
    this.#changed.set(key, entry);
    if (!this.#alarm.isSet) this.#alarm.set(GATHER_MS, () => void this.flush());
  }

  /** Writes what has changed, and waits until it is written. */
  flush(): Promise<void> {
    this.#alarm.clear();
    const changed = this.#changed;
    this.#changed = new Map();
    return this.write(changed);
  }

  /** Writes these at once, and waits until they are written. */
  write(changed: ReadonlyMap<string, Entry>): Promise<void> {
    const [entries, gone] = [new Map<string, unknown>(), [] as string[]];
    for (const [key, entry] of changed) {
      const value = entry();
      if (value === undefined) gone.push(key);
      else entries.set(key, value);
    }
    return this.#writing = this.#writing.then(async () => {
      if (entries.size > 0) await this.#storage.set(entries);
      if (gone.length > 0) await this.#storage.delete(gone);
    });
  }

  /** Forgets what has not been written. */
  forget(): Promise<void> {
    this.#alarm.clear();
    this.#changed.clear();
    return this.#writing;
  }
}

/** A storage whose failures are told and change nothing: the client goes on without what was to be kept. */
export function tolerant(storage: ClientStorage, onFailure: (error: unknown) => void): ClientStorage {
  const failed = (error: unknown) => void onFailure(error);
  return {
    get: <T>(key: string) => storage.get<T>(key).catch(failed) as Promise<T | undefined>,
    set: (entries) => storage.set(entries).catch(failed),
    delete: (keys) => storage.delete(keys).catch(failed),
    keys: (prefix) => storage.keys(prefix).catch((error) => (onFailure(error), [])),
    clear: () => storage.clear().catch(failed),
    close: () => storage.close(),
  };
}
