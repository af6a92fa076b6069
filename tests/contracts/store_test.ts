import { mongoUri, openTestStore } from "../support/store.ts";
import type { StorePlace } from "../support/store.ts";
import { commitCases } from "./store_commits.ts";
import { durabilityCases } from "./store_durability.ts";
import { queryCases } from "./store_queries.ts";
import { recordCases } from "./store_records.ts";
import { samples } from "./store_samples.ts";

const cases = [...recordCases, ...queryCases, ...commitCases, ...durabilityCases];
const kinds: readonly StorePlace["kind"][] = mongoUri ? ["sqlite", "mongodb"] : ["sqlite"];

for (const kind of kinds) {
  for (const { name, run } of cases) {
    Deno.test(`${kind}: ${name}`, async () => {
      await using test = await openTestStore(samples, kind);
      await run(test);
    });
  }
}

if (!mongoUri) {
  Deno.test.ignore("mongodb: the same cases, on the server that TEST_MONGODB_URI names", () => {});
}
