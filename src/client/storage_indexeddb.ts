import type { ClientStorage } from "./types.ts";

/** A request of IndexedDB, as far as it is used here: the runtime's own types are those of browsers alone. */
interface Request<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

interface Opening extends Request<Database> {
  onupgradeneeded: (() => void) | null;
  onblocked: (() => void) | null;
}

interface Database {
  createObjectStore(name: string): void;
  transaction(store: string, mode: "readonly" | "readwrite", options?: object): Transaction;
  close(): void;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
}

interface Transaction {
  readonly error: unknown;
  objectStore(name: string): Store;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}

interface Store {
  get(key: string): Request<unknown>;
  getAllKeys(range: unknown): Request<string[]>;
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
export function indexedDbStorage(name: string): ClientStorage {
  let opened: Promise<Database> | undefined;
  const open = () => opened ??= openDatabase(name, () => opened = undefined);
  const read = async <T>(ask: (store: Store) => Request<T>) => {
    const transaction = (await open()).transaction(STORE, "readonly");
    return await answerOf(ask(transaction.objectStore(STORE)));
  };
  const write = async (change: (store: Store) => void) => {
    const transaction = (await open()).transaction(STORE, "readwrite");
    const done = completionOf(transaction);
    change(transaction.objectStore(STORE));
    await done;
  };
  return {
    get: <T>(key: string) => read((store) => store.get(key)) as Promise<T | undefined>,
    set: (entries) => write((store) => entries.forEach((value, key) => store.put(value, key))),
    delete: (keys) => write((store) => keys.forEach((key) => store.delete(key))),
    keys: (prefix) =>
      read((store) => store.getAllKeys(browser().IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
    clear: () => write((store) => store.clear()),
    close() {
      opened?.then((database) => database.close(), () => {});
      opened = undefined;
    },
  };
}

function browser(): Browser {
  return globalThis as unknown as Browser;
}

function openDatabase(name: string, onLost: () => void): Promise<Database> {
  const request = browser().indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return answerOf(request).then((database) => {
    // Another tab wants a newer version, or the browser took it away: it is opened again when it is needed.
    database.onversionchange = () => {
      database.close();
      onLost();
    };
    database.onclose = onLost;
    return database;
  }).catch((error) => {
    onLost();
    throw error;
  });
}

function answerOf<T>(request: Request<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completionOf(transaction: Transaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
