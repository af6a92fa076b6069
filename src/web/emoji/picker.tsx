import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { language, t } from "../i18n/mod.ts";
import type { Key } from "../i18n/mod.ts";
import { Spinner } from "../ui/mod.ts";
import type { Catalog, Emoji, GroupId } from "./catalog.ts";
import { moveInGrid } from "./grid_keys.ts";
import { chosenTone, noteEmoji, recentEmoji } from "./habits.ts";
import { loadCatalog } from "./load.ts";
import { searchEmoji } from "./search.ts";
import { ToneChoice } from "./tone_choice.tsx";
import { withTone } from "./tones.ts";

/** A face for each group, in its tab. */
const FACES: Readonly<Record<GroupId, string>> = {
  "smileys-emotion": "🙂",
  "people-body": "👋",
  "animals-nature": "🌿",
  "food-drink": "🍎",
  "travel-places": "🏔️",
  "activities": "⚽",
  "objects": "💡",
  "symbols": "❤️",
  "flags": "🏁",
};

interface Section {
  readonly id: string;
  readonly label: string;
  readonly emojis: readonly Emoji[];
}

export interface EmojiPickerProps {
  readonly onPick: (emoji: string) => void;
  /** Whether the caret goes into the search at once: on phones that brings up the keyboard, over the emoji. */
  readonly startsInSearch: boolean;
}

/** Every emoji, by groups and by search. Arrows move in the grid, from the search down into it. */
export function EmojiPicker({ onPick, startsInSearch }: EmojiPickerProps): JSX.Element {
  const [catalog, setCatalog] = useState<Catalog>();
  const [hasFailed, setFailed] = useState(false);
  const [query, setQuery] = useState("");
  const root = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => void loadCatalog(language.value).then(setCatalog, () => setFailed(true)), []);
  useLayoutEffect(() => {
    if (startsInSearch) search.current?.focus();
  }, []);
  // What was used last is taken once: it must not move under the pointer.
  const sections = useMemo(() => catalog && sectionsOf(catalog, query), [catalog, query]);
  const pick = (emoji: string) => {
    noteEmoji(emoji);
    onPick(emoji);
  };
  return (
    <div class="emoji-picker" ref={root} onKeyDown={(event) => moveInGrid(event, root.current)}>
      <div class="emoji-picker-head">
        <input
          ref={search}
          class="input"
          type="search"
          placeholder={t("emoji.search")}
          aria-label={t("emoji.search")}
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <ToneChoice />
      </div>
      {query === "" && catalog && <Tabs root={root} catalog={catalog} />}
      <div class="emoji-picker-body">
        {hasFailed && <p class="emoji-picker-note" role="alert">{t("emoji.failed")}</p>}
        {!catalog && !hasFailed && (
          <p class="emoji-picker-note">
            <Spinner />
          </p>
        )}
        {sections?.length === 0 && <p class="emoji-picker-note" role="status">{t("emoji.none")}</p>}
        {sections?.map((section) => <Grid key={section.id} section={section} onPick={pick} />)}
      </div>
    </div>
  );
}

function Tabs(
  { root, catalog }: { readonly root: { readonly current: HTMLElement | null }; readonly catalog: Catalog },
): JSX.Element {
  const go = (id: string) =>
    root.current?.querySelector(`[data-section="${id}"]`)?.scrollIntoView({ block: "start" });
  return (
    <div class="emoji-picker-tabs" role="group" aria-label={t("emoji.title")}>
      {catalog.map(({ id }) => (
        <button
          key={id}
          type="button"
          aria-label={nameOfGroup(id)}
          title={nameOfGroup(id)}
          onClick={() => go(id)}
        >
          {FACES[id]}
        </button>
      ))}
    </div>
  );
}

function Grid(
  { section, onPick }: { readonly section: Section; readonly onPick: (emoji: string) => void },
): JSX.Element {
  const tone = chosenTone();
  return (
    <section class="emoji-picker-section" data-section={section.id} aria-label={section.label}>
      <h2>{section.label}</h2>
      <div class="emoji-picker-grid">
        {section.emojis.map(({ emoji, name, hasTones }) => {
          const shown = hasTones ? withTone(emoji, tone) : emoji;
          return (
            <button
              key={emoji}
              type="button"
              class="emoji-picker-emoji"
              tabIndex={-1}
              aria-label={name}
              title={name}
              onClick={() => onPick(shown)}
            >
              {shown}
            </button>
          );
        })}
      </div>
    </section>
  );
}

function sectionsOf(catalog: Catalog, query: string): Section[] {
  if (query.trim()) {
    const emojis = searchEmoji(catalog, query);
    return emojis.length > 0 ? [{ id: "found", label: t("emoji.found"), emojis }] : [];
  }
  const recent = recentEmoji().map((emoji) => ({ emoji, name: emoji, words: "", hasTones: false }));
  const groups = catalog.map(({ id, emojis }) => ({ id, label: nameOfGroup(id), emojis }));
  return recent.length > 0 ? [{ id: "recent", label: t("emoji.recent"), emojis: recent }, ...groups] : groups;
}

function nameOfGroup(id: GroupId): string {
  const key: Key = `emoji.${id}`;
  return t(key);
}
