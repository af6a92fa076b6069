import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { LocalMessage } from "../../client/mod.ts";
import { noteEmoji, recentEmoji } from "../emoji/habits.ts";
import { quickRow } from "../emoji/recent.ts";
import { t } from "../i18n/mod.ts";
import { Icon } from "../ui/mod.ts";
import { actionsOf, mayReact, toggleReaction } from "./actions.ts";
import { Popup } from "./popup.tsx";
import type { Stage } from "./stage.ts";
import { senderOf } from "./wording.ts";

interface MenuProps {
  readonly local: LocalMessage;
  readonly at: DOMRect;
  readonly stage: Stage;
}

/** Everything that can be done with a message: a row of emoji, then the rest. Arrows move in it. */
export function MessageMenu({ local, at, stage }: MenuProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const close = () => stage.floating.value = undefined;
  // Before it is seen, so that no key goes to what is below it.
  useLayoutEffect(
    () => root.current?.querySelector<HTMLElement>(".menu-item")?.focus({ preventScroll: true }),
    [],
  );
  const run = (act: () => void) => {
    close();
    act();
  };
  const name = senderOf(local.message, stage.userId);
  return (
    <Popup at={at} label={t("message.actions_for", { name })} role="menu" onClose={close}>
      <div ref={root} onKeyDown={(event) => onKey(event, root.current)}>
        {mayReact(stage, local) && <QuickRow local={local} at={at} stage={stage} />}
        {actionsOf(stage, local).map((action) => (
          <button
            key={action.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={`menu-item ${action.danger ? "menu-item-danger" : ""}`}
            onClick={() => run(action.run)}
          >
            <Icon name={action.icon} small />
            <span>{action.label}</span>
            {action.keys && <kbd>{action.keys}</kbd>}
          </button>
        ))}
      </div>
    </Popup>
  );
}

function QuickRow({ local, at, stage }: MenuProps): JSX.Element {
  const own = local.message.reactions.filter(({ userId }) => userId === stage.userId).map(({ emoji }) =>
    emoji
  );
  const pick = (emoji: string) => {
    stage.floating.value = undefined;
    toggleReaction(stage, local, emoji);
    if (!own.includes(emoji)) noteEmoji(emoji);
  };
  return (
    <div class="quick-row" role="group" aria-label={t("message.react")}>
      {quickRow(recentEmoji()).map((emoji) => (
        <button
          key={emoji}
          type="button"
          role="menuitemcheckbox"
          aria-checked={own.includes(emoji)}
          tabIndex={-1}
          onClick={() => pick(emoji)}
        >
          {emoji}
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        aria-label={t("message.react_more")}
        onClick={() => stage.floating.value = { kind: "emoji", at, onPick: pick }}
      >
        <Icon name="add" small />
      </button>
    </div>
  );
}

function itemsOf(root: HTMLElement | null): HTMLElement[] {
  return [...root?.querySelectorAll<HTMLElement>("button") ?? []];
}

/** Left and right go through everything, up and down take the row of emoji as one. */
function onKey(event: KeyboardEvent, root: HTMLElement | null): void {
  const all = itemsOf(root);
  const lines = all.filter((item, index) => index === 0 || !item.closest(".quick-row"));
  const focused = document.activeElement;
  const line = Math.max(lines.findIndex((item) => item === focused), 0);
  const place = all.findIndex((item) => item === focused);
  const next: Readonly<Record<string, HTMLElement | undefined>> = {
    ArrowDown: lines[(line + 1) % lines.length],
    ArrowUp: lines[(line - 1 + lines.length) % lines.length],
    ArrowRight: all[(place + 1) % all.length],
    ArrowLeft: all[(place - 1 + all.length) % all.length],
    Home: all[0],
    End: all.at(-1),
  };
  const wanted = next[event.key];
  if (!wanted) return;
  event.preventDefault();
  wanted.focus({ preventScroll: true });
}
