import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { DropZone } from "../files/drop.tsx";
import { queueOf } from "../files/queues.ts";
import { Viewer } from "../files/viewer.tsx";
import type { Route } from "../paths.ts";
import { follow, me, remember } from "../state/mod.ts";
import { AskedDialog } from "./asked.tsx";
import { Composer } from "./composer.tsx";
import { EmojiPopup } from "./emoji_popup.tsx";
import { Find } from "./find.tsx";
import { Header } from "./header.tsx";
import { History } from "./history.tsx";
import { MessageMenu } from "./message_menu.tsx";
import { Stage } from "./stage.ts";

export interface ConversationScreenProps {
  readonly conversation: Conversation;
  /** The navigation that led here, another one each time; to the place of a message, perhaps. */
  readonly visit: Extract<Route, { readonly screen: "conversation" }>;
}

/** One conversation: its header, its messages, and the input. */
export function ConversationScreen({ conversation, visit }: ConversationScreenProps): JSX.Element {
  const userId = me.value?.id ?? "";
  const stage = useMemo(() => new Stage(conversation, userId, (seq) => see(conversation, seq)), [
    conversation,
    userId,
  ]);
  const section = useRef<HTMLElement>(null);
  useMembers(conversation);
  useEffect(() => {
    const close = conversation.open();
    stage.enter();
    return () => {
      stage.leave();
      close();
    };
  }, [stage]);
  useEffect(() => {
    if (visit.seq !== undefined) void stage.goTo(visit.seq);
  }, [stage, visit]);
  return (
    <section
      ref={section}
      class="conversation"
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "f" || event.shiftKey) return;
        event.preventDefault();
        stage.search.value ??= "";
      }}
    >
      <Header stage={stage} />
      {stage.search.value !== undefined && <Find stage={stage} />}
      <History key={conversation.id} stage={stage} />
      <Composer key={`input ${conversation.id}`} stage={stage} />
      <Floating stage={stage} />
      <AskedDialog stage={stage} />
      <DropZone zone={section} queue={queueOf(conversation)} />
      <Viewer />
    </section>
  );
}

function Floating({ stage }: { readonly stage: Stage }): JSX.Element | null {
  const floating = stage.floating.value;
  const close = () => stage.floating.value = undefined;
  if (floating?.kind === "emoji") {
    return <EmojiPopup key="emoji" at={floating.at} onPick={floating.onPick} onClose={close} />;
  }
  if (floating?.kind !== "actions") return null;
  const row = stage.rows.find(({ key }) => key === floating.key);
  return row?.kind === "message"
    ? <MessageMenu key="menu" local={row.local} at={floating.at} stage={stage} />
    : null;
}

/** Everyone seen here can be named elsewhere. */
function useMembers(conversation: Conversation): void {
  follow("conversation", conversation.id);
  const { participants } = conversation;
  useEffect(() => remember(participants.map(({ user }) => user)), [participants]);
}

/** What was in view while the page is looked at has been read. */
function see(conversation: Conversation, seq: number): void {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return;
  if (seq > conversation.view.lastReadSeq) conversation.markRead(seq);
}
