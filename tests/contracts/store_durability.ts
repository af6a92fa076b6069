import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { StorePlace } from "../support/store.ts";
import type { StoreCase } from "./store_samples.ts";
import { insertOf, item, items, line, readLines, room, rooms, stock } from "./store_samples.ts";

/** What outlives a store, and who else may use it. */
export const durabilityCases: readonly StoreCase[] = [
  {
    name: "reopening keeps every record and the epoch",
    async run(test) {
      const epoch = test.store.epoch;
      const made = await stock(test.store, [{ tag: "a" }, { tag: "b", body: { x: [1] } }]);
      const head = room({ seq: 1 });
      await test.store.create(rooms, head, [insertOf(line(head, 1))]);
      const store = await test.reopen();
      assert(epoch.length > 0);
      assertEquals(store.epoch, epoch);
      assertEquals(await store.find(items, { order: [["tag", "asc"]] }), made);
      assertEquals(await readLines(store, head.id), [line(head, 1)]);
    },
  },
  {
    name: "renewEpoch() gives the data another epoch, for good",
    async run(test) {
      const before = test.store.epoch;
      const after = await test.store.renewEpoch();
      assertNotEquals(after, before);
      assertEquals(test.store.epoch, after);
      assertEquals((await test.reopen()).epoch, after);
    },
  },
  {
    name: "ping() resolves while the store is open",
    async run({ store }) {
      await store.ping();
      await store.close();
      await assertRejects(() => store.ping(), StoreUnavailable);
    },
  },
  {
    name: "close() finishes what was begun, and everything later is refused",
    async run(test) {
      const record = item();
      const begun = test.store.insert(items, record);
      await test.store.close();
      await begun;
      const { store } = test;
      await assertRejects(() => store.insert(items, item()), StoreUnavailable);
      await assertRejects(() => store.patch(items, record.id, { set: { size: 1 } }), StoreUnavailable);
      await assertRejects(() => store.create(rooms, room(), []), StoreUnavailable);
      await assertRejects(() => store.get(items, record.id), StoreUnavailable);
      await store.close();
      assertEquals(await (await test.reopen()).get(items, record.id), record);
    },
  },
  {
    name: "two processes take every rev of a head once, and lose no addition",
    async run({ store, place }) {
      await store.create(rooms, room({ id: "shared", rev: 0 }), []);
      await store.insert(items, item({ id: "counter" }));
      const outputs = await Promise.all(
        ["one", "two"].map((name) => startChild(place, "race", name).output()),
      );
      assertEquals(outputs.map(({ success }) => success), [true, true]);
      const taken = outputs.flatMap(({ stdout }) => linesOf(stdout).map(Number));
      const all = Array.from({ length: 200 }, (_, i) => i + 1);
      assertEquals(taken.toSorted((a, b) => a - b), all);
      assertEquals((await store.open(rooms, "shared"))?.rev, 200);
      assertEquals((await readLines(store, "shared")).map(({ seq }) => seq), all);
      assertEquals((await store.get(items, "counter"))?.size, 200);
    },
  },
  {
    name: "kill -9 in the middle of writes loses nothing that was acknowledged",
    async run(test) {
      for (const round of ["a", "b", "c"]) {
        for (const lane of [0, 1, 2, 3]) {
          await test.store.create(rooms, room({ id: `${round}${lane}`, rev: 0 }), []);
        }
        const acknowledged = await killWhileWriting(test.place, round);
        const store = await test.reopen();
        for (const [kind, what = "", id = ""] of acknowledged) {
          if (kind === "item") assert(await store.get(items, what), `item ${what} is lost`);
          else {assert(
              (await readLines(store, id)).some(({ rev }) => rev === Number(what)),
              `rev ${what} is lost`,
            );}
        }
        for (const lane of [0, 1, 2, 3]) {
          const revs = (await readLines(store, `${round}${lane}`)).map(({ rev }) => rev);
          const head = await store.open(rooms, `${round}${lane}`);
          assertEquals(revs, Array.from({ length: head?.rev ?? 0 }, (_, i) => i + 1));
        }
      }
    },
  },
];

const CHILD = new URL("./store_child.ts", import.meta.url).pathname;

function startChild(place: StorePlace, job: "race" | "write", name: string): Deno.Command {
  const args = ["run", "-A", "--quiet", CHILD, JSON.stringify(place), job, name];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" });
}

/** Kills a writing process and answers what it had said by then, in words. */
async function killWhileWriting(place: StorePlace, name: string): Promise<string[][]> {
  await using child = startChild(place, "write", name).spawn();
  const chunks: Uint8Array[] = [];
  let newlines = 0;
  let killed = false;
  for await (const chunk of child.stdout) {
    chunks.push(chunk);
    newlines += chunk.filter((byte) => byte === 10).length;
    if (newlines < 150 || killed) continue;
    killed = true;
    child.kill("SIGKILL");
  }
  const said = linesOf(new Uint8Array(await new Blob(chunks.map((chunk) => chunk.slice())).arrayBuffer()));
  assert(said.length >= 150);
  return said.map((words) => words.split(" "));
}

/** The whole lines of an output; what follows the last line end was cut short. */
function linesOf(output: Uint8Array): string[] {
  return new TextDecoder().decode(output).split("\n").slice(0, -1);
}
