import type { JSX } from "preact";
import type { MessageView } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { nameOf } from "../state/mod.ts";
import type { Stage } from "./stage.ts";
import { lineOf } from "./wording.ts";

interface QuoteProps {
  readonly quote: NonNullable<MessageView["replyTo"]>;
  readonly stage: Stage;
}

/** What a message answers; leads there. */
export function QuoteView({ quote, stage }: QuoteProps): JSX.Element {
  const { type, text, isDeleted, senderId, seq } = quote;
  const name = senderId === stage.userId ? t("message.own") : nameOf(senderId);
  const said = lineOf({ content: { type, text }, isDeleted });
  return (
    <button
      type="button"
      class="quote"
      tabIndex={-1}
      aria-label={t("message.quote_of", { name: nameOf(senderId), text: said })}
      onClick={() => void stage.goTo(seq)}
    >
      <bdi class="quote-name">{name}</bdi>
      <span class="quote-text" dir="auto">{said}</span>
    </button>
  );
}
