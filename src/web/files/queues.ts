import { indexedDbStorage } from "../../client/mod.ts";
import type { Client, Conversation } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { client, draftOf, me } from "../state/mod.ts";
import { announce } from "../ui/mod.ts";
import { forgetNotes, KeptFiles } from "./kept.ts";
import type { KeptFile } from "./kept.ts";
import { forgetLinks } from "./links.ts";
import { refusalText } from "./refusals.ts";
import { FileQueue } from "./queue.ts";
import { whenOnline } from "./when_online.ts";

const queues = new Map<string, FileQueue>();
/** Whose messages are followed. */
let heard: Client | undefined;
let keeping: { readonly userId: string; readonly kept: KeptFiles } | undefined;

/** The files that are to be sent in a conversation. */
export function queueOf(conversation: Conversation): FileQueue {
  const known = queues.get(conversation.id);
  if (known) return known;
  const kept = keptFiles();
  const queue = new FileQueue({
    conversation,
    kept,
    onRefused: (file) => announce(t("files.refused", { name: file.name, reason: refusalText(file) })),
    onUnwanted: (id) => void client().request("DELETE /api/uploads/:id", { params: { id } }).catch(() => {}),
    onUnsaid: (text) => {
      const draft = draftOf(conversation.id);
      draft.value = [text, draft.peek()].filter(Boolean).join("\n");
    },
  });
  queues.set(conversation.id, queue);
  return queue;
}

/** Takes up the files that waited when the page was left, each in one page at a time. */
export async function restoreFiles(): Promise<void> {
  const kept = keptFiles();
  if (heard !== client()) client().on("messages", ({ id }) => queues.get(id)?.settle());
  heard = client();
  for (const file of await kept.all()) void alone(file.id, () => takeUp(kept, file));
}

/** Stops where nobody is signed in any more: what is kept waits for the reader. */
export function leaveFiles(): void {
  for (const queue of queues.values()) queue.close();
  queues.clear();
  forgetLinks();
  keeping = undefined;
}

/** Forgets the files of everyone: the next one at this device may be someone else. */
export async function forgetFiles(): Promise<void> {
  leaveFiles();
  forgetNotes();
  await storage.clear().catch(() => {});
}

const storage = indexedDbStorage("parley-files");

function keptFiles(): KeptFiles {
  const userId = me.peek()?.id ?? "";
  if (keeping?.userId !== userId) keeping = { userId, kept: new KeptFiles(storage, userId) };
  return keeping.kept;
}

/** Until the file has left its queue. */
async function takeUp(kept: KeptFiles, file: KeptFile): Promise<void> {
  const bytes = await kept.bytesOf(file.id);
  // Sent from another page meanwhile.
  if (!bytes) return kept.remove(file.id);
  const find = () => client().conversations.get(file.conversationId);
  if (!find()) await whenOnline();
  const conversation = find();
  if (keeping?.kept !== kept) return;
  if (!conversation) return kept.remove(file.id);
  const queue = queueOf(conversation);
  queue.take(file, bytes);
  await new Promise<void>((resolve) => {
    const stop = queue.files.subscribe((files) => {
      if (files.some(({ id }) => id === file.id)) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

/** Does something while no other page of the browser does, where pages can agree. */
async function alone(name: string, work: () => Promise<void>): Promise<void> {
  if ("locks" in navigator) await navigator.locks.request(`parley file ${name}`, work);
  else await work();
}
