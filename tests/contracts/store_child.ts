/** A second process on a store, for the cases that need one: `store_child.ts <place as JSON> <job> <name>`. */
import { openStore } from "../support/store.ts";
import { appendLine, item, items, samples } from "./store_samples.ts";

const [place = "", job, name = ""] = Deno.args;
const store = await openStore(JSON.parse(place), samples);
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** Writes without end and says which writes were acknowledged. */
async function writeForEver(lane: number): Promise<void> {
  for (let n = 0;; n++) {
    const record = item({ shelf: `${name}/${lane}`, place: n });
    await store.insert(items, record);
    say(`item ${record.id}`);
    say(`line ${await appendLine(store, `${name}${lane}`, "x")} ${name}${lane}`);
  }
}

if (job === "race") {
  for (let n = 0; n < 100; n++) {
    await store.patch(items, "counter", { add: { size: 1 } });
    say(`${await appendLine(store, "shared", name)}`);
  }
  await store.close();
} else {
  await Promise.all([0, 1, 2, 3].map(writeForEver));
}
