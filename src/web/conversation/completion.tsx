import type { Signal } from "@preact/signals";
import type { JSX, TextareaHTMLAttributes } from "preact";
import { useId, useState } from "preact/hooks";
import type { UserCard } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { follow, fullName } from "../state/mod.ts";
import { announce, Avatar, onceDrawn } from "../ui/mod.ts";
import { complete, completions, startedMention } from "./mention_completion.ts";
import type { Started } from "./mention_completion.ts";
import type { Stage } from "./stage.ts";

/** Who may be meant by the mention that is being typed, and what keys do about it. */
export interface Completion {
  readonly id: string;
  readonly people: readonly UserCard[];
  readonly at: number;
  readonly attributes: TextareaHTMLAttributes<HTMLTextAreaElement>;
  /** The text or the caret has changed. */
  follow(): void;
  close(): void;
  choose(person: UserCard): void;
  /** Whether the key was meant for the list. */
  onKey(event: KeyboardEvent): boolean;
}

/** Follows the caret of an input. */
export function useCompletion(
  stage: Stage,
  input: { readonly current: HTMLTextAreaElement | null },
  text: Signal<string>,
): Completion {
  const id = useId();
  const [started, setStarted] = useState<Started>();
  const [at, setAt] = useState(0);
  // Members may come while one is being named.
  if (started) follow("conversation", stage.conversation.id);
  const people = started ? completions(mentionable(stage), started.query) : [];
  const chosen = people[at] ?? people[0];
  const choose = (person: UserCard) => {
    if (!started) return;
    const done = complete(text.value, started, person.username);
    text.value = done.text;
    setStarted(undefined);
    onceDrawn(() => input.current?.setSelectionRange(done.caret, done.caret));
  };
  return {
    id,
    people,
    at: Math.min(at, Math.max(people.length - 1, 0)),
    attributes: {
      "aria-autocomplete": "list",
      "aria-controls": people.length > 0 ? id : undefined,
      "aria-activedescendant": people.length > 0 && chosen ? `${id}-${chosen.id}` : undefined,
    },
    follow() {
      const now = startedAt(input.current);
      if (now?.query !== started?.query || now?.start !== started?.start) {
        setAt(0);
        const count = now ? completions(mentionable(stage), now.query).length : 0;
        if (count > 0) announce(t("composer.people_found", { count }));
      }
      setStarted(now);
    },
    close: () => setStarted(undefined),
    choose,
    onKey(event) {
      if (!chosen || event.isComposing) return false;
      const acts: Readonly<Record<string, () => void>> = {
        ArrowDown: () => setAt((at + 1) % people.length),
        ArrowUp: () => setAt((at - 1 + people.length) % people.length),
        Enter: () => choose(chosen),
        Tab: () => choose(chosen),
        Escape: () => setStarted(undefined),
      };
      const act = event.shiftKey ? undefined : acts[event.key];
      if (!act) return false;
      event.preventDefault();
      event.stopPropagation();
      act();
      return true;
    },
  };
}

/** The people to choose from, above the input. */
export function CompletionList({ completion }: { readonly completion: Completion }): JSX.Element {
  const { id, people, at } = completion;
  return (
    <ul class="completion" id={id} role="listbox" aria-label={t("composer.people")}>
      {people.map((person, index) => (
        <li
          key={person.id}
          id={`${id}-${person.id}`}
          role="option"
          aria-selected={index === at}
          onPointerDown={(event) => {
            // The input keeps the focus.
            event.preventDefault();
            completion.choose(person);
          }}
        >
          <Avatar id={person.id} name={fullName(person)} src={person.avatar} size="small" />
          <bdi class="completion-name">{fullName(person)}</bdi>
          <span class="completion-user">@{person.username}</span>
        </li>
      ))}
    </ul>
  );
}

function mentionable({ conversation, userId }: Stage): UserCard[] {
  return conversation.participants.filter((one) => one.userId !== userId).map(({ user }) => user);
}

function startedAt(input: HTMLTextAreaElement | null): Started | undefined {
  const isCaret = input && input.selectionStart === input.selectionEnd;
  return isCaret ? startedMention(input.value, input.selectionStart) : undefined;
}
