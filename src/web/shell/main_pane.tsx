import type { JSX } from "preact";
import { ConversationScreen } from "../conversation/screen.tsx";
import type { ConversationScreenProps } from "../conversation/screen.tsx";
import { t } from "../i18n/mod.ts";
import { SettingsScreen } from "../settings/screen.tsx";
import { client, follow, navigate, openPanel, route } from "../state/mod.ts";
import { Button, IconButton, Scene, Spinner } from "../ui/mod.ts";

/** What was chosen: a conversation, the settings, or nothing yet. */
export function Main(): JSX.Element {
  const here = route.value;
  if (here.screen === "settings") return <SettingsScreen />;
  if (here.screen === "conversation") return <Chosen visit={here} />;
  return (
    <Scene title={t("home.title")} text={t("home.text")}>
      <Button variant="primary" icon="chat" onClick={() => openPanel({ kind: "new_direct" })}>
        {t("new.direct")}
      </Button>
      <Button icon="group" onClick={() => openPanel({ kind: "new_group" })}>{t("new.group")}</Button>
    </Scene>
  );
}

function Chosen({ visit }: Pick<ConversationScreenProps, "visit">): JSX.Element {
  const { id } = visit;
  follow("conversations");
  const { loaded } = client().conversations;
  const conversation = client().conversations.get(id);
  if (conversation) return <ConversationScreen key={id} conversation={conversation} visit={visit} />;
  if (!loaded) {
    return (
      <div class="centre">
        <Spinner />
      </div>
    );
  }
  return (
    <>
      <header class="bar narrow-only">
        <IconButton icon="back" label={t("ui.back")} onClick={() => navigate({ screen: "home" })} />
      </header>
      <Scene title={t("home.gone_title")} text={t("home.gone_text")}>
        <Button onClick={() => navigate({ screen: "home" }, { replace: true })}>{t("ui.back")}</Button>
      </Scene>
    </>
  );
}
