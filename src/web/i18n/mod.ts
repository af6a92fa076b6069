import { computed } from "@preact/signals";
import type { English } from "./en.ts";
import { language, texts } from "./language.ts";
import { fill } from "./table.ts";
import type { Vars } from "./table.ts";

export * from "./format.ts";
export { chooseLanguage, language, LANGUAGES, locale, startLanguage } from "./language.ts";
export type { Language } from "./language.ts";

/** What texts are asked for by. */
export type Key = keyof English;

/** Keys of texts that want nothing filled in. */
export type PlainKey = { [K in Key]: keyof Vars<English[K]> extends never ? K : never }[Key];

const rules = computed(() => new Intl.PluralRules(language.value));

/**
 * The text of `key` in the reader's language, `vars` filled in: `t("group.members", { count: 3 })`. Components that
 * ask follow a change of the language.
 */
export function t<K extends Key>(
  key: K,
  ...[vars]: keyof Vars<English[K]> extends never ? [] : [vars: Vars<English[K]>]
): string {
  return fill(texts.value[key], vars ?? {}, rules.value);
}
