import type { JSX } from "preact";
import type { Conversation } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { client, conversations, follow, openPanel, route } from "../state/mod.ts";
import { Button, ScenePicture, Spinner } from "../ui/mod.ts";
import { Row } from "./row.tsx";

/** All conversations, or what is there in their place. */
export function Conversations(): JSX.Element {
  const all = conversations();
  if (!client().conversations.loaded && all.length === 0) {
    return (
      <div class="sidebar-empty">
        <Spinner />
      </div>
    );
  }
  if (all.length === 0) return <NoConversations />;
  return <Rows conversations={all} />;
}

/** Conversations as a list, in which the Tab key stops once. */
export function Rows({ conversations }: { readonly conversations: readonly Conversation[] }): JSX.Element {
  follow("conversations");
  const here = route.value.screen === "conversation" ? route.value.id : undefined;
  const stop = conversations.some(({ id }) => id === here) ? here : conversations[0]?.id;
  return (
    <ul class="rows" aria-label={t("list.title")}>
      {conversations.map((conversation) => (
        <Row
          key={conversation.id}
          conversation={conversation}
          view={conversation.view}
          isSelected={conversation.id === here}
          isStop={conversation.id === stop}
        />
      ))}
    </ul>
  );
}

function NoConversations(): JSX.Element {
  return (
    <div class="sidebar-empty">
      <ScenePicture />
      <h2>{t("list.empty_title")}</h2>
      <p>{t("list.empty_text")}</p>
      <Button icon="chat" variant="primary" onClick={() => openPanel({ kind: "new_direct" })}>
        {t("new.direct")}
      </Button>
      <Button icon="compass" variant="quiet" onClick={() => openPanel({ kind: "discover" })}>
        {t("discover.title")}
      </Button>
    </div>
  );
}
