import type { JSX } from "preact";
import type { LocalMessage, Reaction } from "../../client/mod.ts";
import { formatNumber, t } from "../i18n/mod.ts";
import { nameOf } from "../state/mod.ts";
import { mayReact, toggleReaction } from "./actions.ts";
import type { Stage } from "./stage.ts";

interface ReactionsProps {
  readonly local: LocalMessage;
  readonly stage: Stage;
}

/** Names that a hint lists before it counts. */
const NAMED = 8;

/** How others reacted: each emoji once, in the order of the first of its kind. A press joins them, or steps back. */
export function Reactions({ local, stage }: ReactionsProps): JSX.Element {
  const groups = Map.groupBy(local.message.reactions, ({ emoji }) => emoji);
  const isFixed = !mayReact(stage, local);
  return (
    <div class="reactions">
      {[...groups].map(([emoji, reactions]) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          tabIndex={-1}
          disabled={isFixed}
          aria-pressed={reactions.some(({ userId }) => userId === stage.userId)}
          aria-label={t("message.reaction_of", {
            emoji,
            count: reactions.length,
            names: namesOf(reactions, stage),
          })}
          title={namesOf(reactions, stage)}
          onClick={() => toggleReaction(stage, local, emoji)}
        >
          <span>{emoji}</span>
          <span class="reaction-count">{formatNumber(reactions.length)}</span>
        </button>
      ))}
    </div>
  );
}

function namesOf(reactions: readonly Reaction[], { userId }: Stage): string {
  const names = reactions.slice(0, NAMED)
    .map((reaction) => reaction.userId === userId ? t("message.own") : nameOf(reaction.userId))
    .join(", ");
  const count = reactions.length - NAMED;
  return count > 0 ? t("message.and_more", { names, count }) : names;
}
