import { messages } from "../../src/order/records.ts";
import type { Message } from "../../src/order/records.ts";
import type { Collection, Commit, Doc, Head, Query, Store } from "../../src/ports/store.ts";
import { altered } from "./altered.ts";

/** Readers take the records as they are, without what the head carries. */
export function withoutOverlay(store: Store): Store {
  return altered(store, {
    find: <T extends Doc>(from: Collection<T>, query: Query<T>) => store.find(from, query),
  });
}

/**
 * The obvious design: the conversation stands at the highest `rev` of its messages, and a writer takes the next ones if
 * no message has them. Of messages alone, and as careful as can be: each commit is looked at and made in one step.
 */
export function withoutHead(store: Store): Store {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const standing = async <H extends Head>(head: H): Promise<H> => {
    const where = { conversationId: head.id };
    const [newest] = await store.find(messages, { where, order: [["rev", "desc"]], limit: 1 });
    return { ...head, rev: newest?.rev ?? 0 };
  };
  return altered(store, {
    heads: <H extends Head>(from: Collection<H>, ids: readonly string[]) =>
      inTurn(async () => await Promise.all((await store.heads(from, ids)).map(standing))),
    open: <H extends Head>(from: Collection<H>, id: string) =>
      inTurn(async () => {
        const head = await store.open(from, id);
        return head && await standing(head);
      }),
    commit: <H extends Head>(commit: Commit<H>) => inTurn(() => commitIfFree(store, commit)),
  });
}

async function commitIfFree<H extends Head>(store: Store, commit: Commit<H>): Promise<boolean> {
  const { heads, id, set, writes } = commit;
  const ofMessages = writes.filter(({ into }) => into.name === messages.name);
  const made = ofMessages.flatMap((write) => "insert" in write ? write.insert.id : []);
  const revs = ofMessages.map((write) => "insert" in write ? write.insert.rev : write.patch.rev);
  const taken: Message[] = [
    ...await store.find(messages, { where: { conversationId: id, rev: { in: revs } } }),
    ...await store.find(messages, { where: { id: { in: made } } }),
  ];
  const [head] = await store.heads(heads, [id]);
  if (!head || taken.length > 0) return false;
  return await store.commit({ ...commit, ifRev: head.rev, set: { ...set, rev: head.rev + 1 } });
}
