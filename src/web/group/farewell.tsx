import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { closePanel, navigate } from "../state/mod.ts";
import { Button, ConfirmDialog } from "../ui/mod.ts";

type Way = "leave" | "end" | "hide";

/** The ways out of a conversation, each asked twice. */
export function Farewell({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const [asking, setAsking] = useState<Way>();
  const { type, role } = conversation.view;
  const go = async (way: Way) => {
    const went = await tell(() => way === "leave" ? conversation.leave() : conversation.delete_());
    if (!went) return;
    closePanel();
    navigate({ screen: "home" }, { replace: true });
  };
  return (
    <div class="panel-actions">
      {type === "direct"
        ? <Button icon="trash" onClick={() => setAsking("hide")}>{t("farewell.hide")}</Button>
        : <Button icon="door" onClick={() => setAsking("leave")}>{t("farewell.leave")}</Button>}
      {type === "group" && role === "admin" && (
        <Button
          icon="trash"
          class="button-warn"
          onClick={() => setAsking("end")}
        >
          {t("farewell.end")}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={t(`farewell.${asking}_title`)}
          text={t(`farewell.${asking}_text`)}
          action={t(`farewell.${asking}`)}
          onConfirm={() => go(asking)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </div>
  );
}
