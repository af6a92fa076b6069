import type { JSX } from "preact";
import type { LocalMessage, MessageState } from "../../client/mod.ts";
import { errorText } from "../form/errors.ts";
import { formatClock, t } from "../i18n/mod.ts";
import type { IconName } from "../ui/mod.ts";
import { Icon } from "../ui/mod.ts";
import type { Stage } from "./stage.ts";

interface FootProps {
  readonly local: LocalMessage;
  readonly isOwn: boolean;
  readonly stage: Stage;
}

const TICKS: Readonly<Record<MessageState, IconName>> = {
  sending: "clock",
  sent: "check",
  delivered: "check_double",
  read: "check_double",
  failed: "warning",
};

/** When a message was sent, and how far one's own has come. */
export function Foot({ local, isOwn, stage }: FootProps): JSX.Element {
  const { message, state } = local;
  if (state === "failed") return <Failed local={local} stage={stage} />;
  return (
    <p class="entry-foot">
      <time dateTime={message.createdAt} dir="auto">{formatClock(message.createdAt)}</time>
      {isOwn && (
        <span class={`tick tick-${state}`}>
          <Icon name={TICKS[state]} small />
          <span class="visually-hidden">{stateText(state)}</span>
        </span>
      )}
    </p>
  );
}

function Failed(
  { local: { clientId, error }, stage: { conversation } }: Omit<FootProps, "isOwn">,
): JSX.Element {
  return (
    <p class="entry-foot entry-foot-failed">
      <Icon name="warning" small />
      <span>{error ? t("message.failed_because", { reason: errorText(error) }) : stateText("failed")}</span>
      {clientId !== null && (
        <>
          <button type="button" tabIndex={-1} onClick={() => conversation.retry(clientId)}>
            {t("message.retry")}
          </button>
          <button type="button" tabIndex={-1} onClick={() => conversation.discard(clientId)}>
            {t("message.discard")}
          </button>
        </>
      )}
    </p>
  );
}

function stateText(state: MessageState): string {
  switch (state) {
    case "sending":
      return t("message.state_sending");
    case "sent":
      return t("message.state_sent");
    case "delivered":
      return t("message.state_delivered");
    case "read":
      return t("message.state_read");
    case "failed":
      return t("message.state_failed");
  }
}
