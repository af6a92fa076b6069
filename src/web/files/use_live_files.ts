import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { client, follow } from "../state/mod.ts";
import { sharedOf } from "./shared.ts";
import type { SharedFiles } from "./shared_files.ts";

/** Changes come in swarms, and one look sees them all. */
const SOON_MS = 300;

/** Has lists of a conversation's files, always the same ones, follow what is shared and deleted in it. */
export function useLiveFiles(conversation: Conversation, lists: readonly SharedFiles[]): void {
  const { id } = conversation;
  follow("messages", id);
  const { messages, view: { rev, seq } } = conversation;
  useEffect(() =>
    client().on("message", ({ conversationId, message }) => {
      const shared = conversationId === id ? sharedOf(message) : undefined;
      if (shared) { for (const list of lists) list.add(shared); }
    }), [id]);
  useEffect(() => {
    const gone = messages.filter(({ message }) => message.isDeleted).map(({ message }) => message.id);
    for (const list of lists) list.remove(new Set(gone));
  }, [messages]);
  useRefresh(rev, seq, () => {
    for (const list of lists) void list.refresh();
  });
}

/** Looks again a moment after anything but a new message: what becomes of those that are not loaded nobody is told. */
function useRefresh(rev: number, seq: number, refresh: () => void): void {
  const seen = useRef({ rev, seq });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    const { rev: before, seq: last } = seen.current;
    seen.current = { rev, seq };
    const isOneNew = rev === before + 1 && seq === last + 1;
    if (rev === before || isOneNew) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refresh();
    }, SOON_MS);
  }, [rev, seq]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
