import { assertEquals, assertRejects } from "@std/assert";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { indexedDbStorage, memoryStorage } from "../../src/client/mod.ts";
import type { ClientStorage } from "../../src/client/mod.ts";

/** Storages by what they keep entries in; each call makes an empty one. */
const STORAGES: Readonly<Record<string, () => ClientStorage>> = {
  memory: memoryStorage,
  IndexedDB: () => indexedDbStorage("parley", { indexedDB: new IDBFactory(), IDBKeyRange }),
};

for (const [name, open] of Object.entries(STORAGES)) {
  Deno.test(`${name} gives back what was set, and nothing else`, async () => {
    const storage = open();
    const value = { text: "hello", list: [1, null, { deep: true }], none: undefined };
    await storage.set(new Map<string, unknown>([["a", value], ["b", 2]]));
    assertEquals([await storage.get("a"), await storage.get("b"), await storage.get("c")], [
      value,
      2,
      undefined,
    ]);
    await storage.set(new Map([["b", 3]]));
    assertEquals(await storage.get("b"), 3);
    await storage.delete(["a", "c"]);
    assertEquals(await storage.get("a"), undefined);
    storage.close();
  });

  Deno.test(`${name} keeps a copy: what is changed afterwards stays as it was`, async () => {
    const storage = open();
    const value = { list: [1] };
    const setting = storage.set(new Map([["a", value]]));
    value.list.push(2);
    await setting;
    const read = await storage.get<{ list: number[] }>("a");
    read?.list.push(3);
    assertEquals((await storage.get<{ list: number[] }>("a"))?.list.includes(3), false);
    storage.close();
  });

  Deno.test(`${name} lists the keys of a prefix in their order`, async () => {
    const storage = open();
    const keys = ["u1/outbox/2-b", "u1/outbox/1-a", "u1/conversations/x", "u10/outbox/1", "session"];
    await storage.set(new Map(keys.map((key) => [key, 1])));
    assertEquals(await storage.keys("u1/outbox/"), ["u1/outbox/1-a", "u1/outbox/2-b"]);
    assertEquals((await storage.keys("")).length, 5);
    await storage.clear();
    assertEquals(await storage.keys(""), []);
    storage.close();
  });

  Deno.test(`${name} sets all entries or none`, async () => {
    const storage = open();
    await storage.set(new Map([["a", 1]]));
    const bad = new Map<string, unknown>([["a", 2], ["b", () => "a function cannot be kept"]]);
    await assertRejects(async () => await storage.set(bad));
    assertEquals([await storage.get("a"), await storage.get("b")], [1, undefined]);
    storage.close();
  });
}

Deno.test("two tabs share one IndexedDB", async () => {
  const browser = { indexedDB: new IDBFactory(), IDBKeyRange };
  const [one, other] = [indexedDbStorage("parley", browser), indexedDbStorage("parley", browser)];
  await one.set(new Map([["a", 1]]));
  assertEquals(await other.get("a"), 1);
  one.close();
  await other.set(new Map([["a", 2]]));
  // Closed is not gone: it is opened again when it is needed.
  assertEquals(await one.get("a"), 2);
  one.close();
  other.close();
});

Deno.test("an IndexedDB that cannot be opened is tried again the next time", async () => {
  const indexedDB = new IDBFactory();
  let isBroken = true;
  const flaky = {
    open(name: string, version: number) {
      if (isBroken) throw new Error("not allowed");
      return indexedDB.open(name, version);
    },
  };
  const storage = indexedDbStorage("parley", { indexedDB: flaky, IDBKeyRange });
  await assertRejects(() => storage.get("a"), Error, "not allowed");
  isBroken = false;
  await storage.set(new Map([["a", 1]]));
  assertEquals(await storage.get("a"), 1);
  storage.close();
});
