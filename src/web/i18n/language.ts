import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { keep, recall } from "../local.ts";
import { en } from "./en.ts";
import type { English } from "./en.ts";
import type { Translation } from "./table.ts";

/** The languages that the app speaks. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

/** The language that texts come in. Changed by `speak()` alone. */
export const language: Signal<Language> = signal<Language>("en");

/** The tag by which dates and numbers are written, such as `en-GB`: the same language, as the reader's region has it. */
export const locale: Signal<string> = signal<string>("en");

/** The texts of that language. */
export const texts: Signal<Translation<English>> = signal<Translation<English>>(en);

const STORED = "parley.language";

/** Begins in the language that was chosen, or else the first of the browser's that the app speaks. */
export async function startLanguage(): Promise<void> {
  const wanted = [recall(STORED) ?? "", ...navigator.languages];
  await speak(wanted.map(languageOf).find(isLanguage) ?? "en", navigator.languages);
}

/** Changes the language, and keeps it for the next start. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  keep(STORED, chosen);
  await speak(chosen, navigator.languages);
}

/** Shows everything in a language, as the first of `tags` that fits writes it; components follow. */
export async function speak(chosen: Language, tags: readonly string[] = []): Promise<void> {
  texts.value = chosen === "de" ? (await import("./de.ts")).de : en;
  language.value = chosen;
  locale.value = tags.find((tag) => languageOf(tag) === chosen) ?? chosen;
  if (typeof document !== "undefined") document.documentElement.lang = chosen;
}

function languageOf(tag: string): string {
  return tag.split("-")[0] ?? "";
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
