import type { ClientStorage } from "./types.ts";

/** What ends well or not: the runtime's own types of it are those of browsers alone. */
interface Ending<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  oncomplete: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
}

interface Opening extends Ending<Database> {
  onupgradeneeded: (() => void) | null;
}

interface Database {
  createObjectStore(name: string): void;
  transaction(store: string, mode: "readonly" | "readwrite"): Transaction;
  close(): void;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
}

interface Transaction extends Ending<unknown> {
  objectStore(name: string): Store;
  abort(): void;
}

interface Store {
  get(key: string): Ending<unknown>;
  getAllKeys(range: unknown): Ending<string[]>;
  put(value: unknown, key: string): void;
  delete(key: string): void;
  clear(): void;
}

interface Browser {
  readonly indexedDB: { open(name: string, version: number): Opening };
  readonly IDBKeyRange: { bound(from: string, to: string): unknown };
}

const STORE = "entries";

/** Keeps entries in the browser's IndexedDB, in the database `name`; tabs of one origin share them. */
export function indexedDbStorage(name: string, browser: unknown = globalThis): ClientStorage {
  const { indexedDB, IDBKeyRange } = browser as Browser;
  let opened: Promise<Database> | undefined;
  const forget = () => opened = undefined;
  const open = () =>
    opened ??= openDatabase(indexedDB, name, forget).catch((error) => {
      forget();
      throw error;
    });
  const read = async <T>(ask: (store: Store) => Ending<T>) =>
    await endOf(ask((await open()).transaction(STORE, "readonly").objectStore(STORE)));
  const write = async (change: (store: Store) => void) => {
    const transaction = (await open()).transaction(STORE, "readwrite");
    const ended = endOf(transaction);
    try {
      change(transaction.objectStore(STORE));
    } catch (error) {
      transaction.abort();
      await ended.catch(() => {});
      throw error;
    }
    await ended;
  };
  return {
    get: <T>(key: string) => read((store) => store.get(key)) as Promise<T | undefined>,
    set: (entries) => write((store) => entries.forEach((value, key) => store.put(value, key))),
    delete: (keys) => write((store) => keys.forEach((key) => store.delete(key))),
    keys: (prefix) => read((store) => store.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
    clear: () => write((store) => store.clear()),
    close() {
      opened?.then((database) => database.close(), () => {});
      opened = undefined;
    },
  };
}

async function openDatabase(
  factory: Browser["indexedDB"],
  name: string,
  onLost: () => void,
): Promise<Database> {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await endOf(request);
  // Another tab wants a newer version, or the browser took it away: it is opened again when it is needed.
  database.onversionchange = () => {
    database.close();
    onLost();
  };
  database.onclose = onLost;
  return database;
}

/** Of a request its result, of a transaction its commit. */
function endOf<T>(it: Ending<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    it.onsuccess = it.oncomplete = () => resolve(it.result);
    it.onerror = it.onabort = () => reject(it.error);
  });
}
