import { useLayoutEffect, useState } from "preact/hooks";
import type { Client } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { lineOf, senderOf } from "./wording.ts";

/** A message that has just come, in words. */
export interface Arrival {
  readonly id: string;
  readonly text: string;
}

/** More would only be read out to someone who has been away. */
const KEPT = 5;

/** The last few messages of others that came while the conversation was open, for those who listen. */
export function useArrivals(client: Client, conversationId: string, userId: string): readonly Arrival[] {
  const [arrivals, setArrivals] = useState<readonly Arrival[]>([]);
  // From the first drawing on, not from the frame after it.
  useLayoutEffect(() =>
    client.on("message", ({ conversationId: id, message, live }) => {
      const isHeard = live && id === conversationId && message.senderId !== userId &&
        message.content.type !== "system";
      if (!isHeard) return;
      const text = t("message.arrived", { name: senderOf(message, userId), text: lineOf(message) });
      setArrivals((before) => [...before, { id: message.id, text }].slice(-KEPT));
    }), [client, conversationId]);
  return arrivals;
}
