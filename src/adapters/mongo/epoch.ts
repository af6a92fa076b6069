import { newId } from "../../kernel/ids.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import { isDuplicateKey } from "./errors.ts";
import type { Link } from "./link.ts";

const COLLECTION = "_meta";
const ID = "epoch";

/** The epoch of the data, made when there is none: processes that start at once agree on it. */
export async function readEpoch(link: Link): Promise<string> {
  return await link.write(COLLECTION, async (meta, session) => {
    const agree = () =>
      meta.findOneAndUpdate(
        { _id: ID },
        { $setOnInsert: { value: newId() } },
        { upsert: true, returnDocument: "after", session },
      );
    const found = await agree().catch((error) => {
      if (!isDuplicateKey(error)) throw error;
      return agree();
    });
    if (typeof found?.value !== "string") throw new StoreUnavailable("the epoch is unreadable");
    return found.value;
  });
}

/** Gives the data another epoch and answers it. */
export async function writeEpoch(link: Link): Promise<string> {
  const value = newId();
  await link.write(COLLECTION, (meta, session) => {
    return meta.updateOne({ _id: ID }, { $set: { value } }, { upsert: true, session });
  });
  return value;
}
