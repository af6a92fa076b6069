import { assertEquals } from "@std/assert";
import { Emitter } from "../../src/client/events.ts";

/** What the sequence has given, until it ends or `count` have come. */
async function taken<T>(sequence: AsyncIterable<T>, count = Infinity): Promise<T[]> {
  const all: T[] = [];
  for await (const one of sequence) {
    all.push(one);
    if (all.length === count) break;
  }
  return all;
}

/** A turn of the program: what waited for its end has been told. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("emit() tells at the end of the turn, and what is about the same once, as it was last", async () => {
  const emitter = new Emitter();
  const heard: unknown[] = [];
  emitter.on("messages", ({ id }) => void heard.push(id));
  emitter.on("presence", ({ userId }) => void heard.push(userId));
  emitter.emit("messages", { id: "a" }, "a");
  emitter.emit("presence", { userId: "a" }, "a");
  emitter.emit("messages", { id: "a again" }, "a");
  emitter.emit("messages", { id: "b" });
  emitter.emit("messages", { id: "b" });
  assertEquals(heard, []);
  await turn();
  assertEquals(heard, ["a again", "a", "b", "b"]);
  emitter.emit("removed", { id: "nobody listens" });
  await turn();
});

Deno.test("who listens twice is told twice, until each of them ends", async () => {
  const emitter = new Emitter();
  let heard = 0;
  const listener = () => void heard++;
  const controller = new AbortController();
  const off = emitter.on("removed", listener);
  emitter.on("removed", listener, { signal: controller.signal });
  emitter.on("removed", listener, { signal: AbortSignal.abort() });
  for (const [end, expected] of [[() => {}, 2], [off, 3], [() => controller.abort(), 3]] as const) {
    end();
    emitter.emit("removed", { id: "a" });
    await turn();
    assertEquals(heard, expected);
  }
});

Deno.test("who begins to listen while something is told hears the next", async () => {
  const emitter = new Emitter();
  const heard: string[] = [];
  const off = emitter.on("removed", ({ id }) => {
    heard.push(`first ${id}`);
    emitter.on("removed", ({ id }) => void heard.push(`second ${id}`));
    off();
  });
  for (const id of ["a", "b"]) {
    emitter.emit("removed", { id });
    await turn();
  }
  assertEquals(heard, ["first a", "second b"]);
});

Deno.test("a listener that fails keeps nobody from hearing, and its failure is the program's to see", async () => {
  const emitter = new Emitter();
  const failures: string[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    failures.push(event.error.message);
  };
  globalThis.addEventListener("error", onError);
  const heard: string[] = [];
  emitter.on("removed", () => {
    throw new Error("mine");
  });
  emitter.on("removed", ({ id }) => void heard.push(id));
  emitter.emit("removed", { id: "a" });
  await turn();
  globalThis.removeEventListener("error", onError);
  assertEquals([heard, failures], [["a"], ["mine"]]);
});

Deno.test("a sequence begins with the call, waits for what is to come, and ends with its reader", async () => {
  const emitter = new Emitter();
  const sequence = emitter.events("removed");
  emitter.emit("removed", { id: "before anyone reads" });
  const reading = taken(sequence, 2);
  await turn();
  emitter.emit("removed", { id: "while it is read" });
  assertEquals((await reading).map(({ id }) => id), ["before anyone reads", "while it is read"]);
  emitter.emit("removed", { id: "nobody reads" });
  await turn();
  assertEquals(await taken(sequence), []);
});

Deno.test("a sequence ends with its signal, and with the emitter once it has given what waits", async () => {
  const emitter = new Emitter();
  const controller = new AbortController();
  const given = taken(emitter.events("removed", { signal: controller.signal }));
  const rest = taken(emitter.events("removed"));
  emitter.emit("removed", { id: "a" });
  await turn();
  controller.abort();
  assertEquals((await given).map(({ id }) => id), ["a"]);
  emitter.emit("removed", { id: "b" });
  emitter.close();
  emitter.emit("removed", { id: "too late" });
  assertEquals((await rest).map(({ id }) => id), ["a", "b"]);
  assertEquals(await taken(emitter.events("removed")), []);
});
