import { effect } from "@preact/signals";
import { client, conversations, me, online } from "./client.ts";
import { contacts } from "./contacts.ts";
import { partnerOf } from "./people.ts";

/** As many as the server lets a connection watch. */
const MOST = 200;

/** Watches who comes and goes: the others of direct conversations, then contacts, until the answer is called. */
export function startWatching(): () => void {
  let watched = "";
  return effect(() => {
    if (!me.value || !online.value) return;
    const partners = conversations().flatMap((conversation) => partnerOf(conversation)?.userId ?? []);
    const ids = [...new Set([...partners, ...contacts.value.map(({ id }) => id)])].slice(0, MOST);
    const set = [me.value.id, ...ids.toSorted()].join();
    if (set === watched) return;
    watched = set;
    client().watchPresence(ids).catch(() => {
      watched = ""; // asked again with the next change
    });
  });
}
