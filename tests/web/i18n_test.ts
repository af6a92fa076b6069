import { assert, assertEquals } from "@std/assert";
import { de } from "../../src/web/i18n/de.ts";
import { en } from "../../src/web/i18n/en.ts";
import { formatAgo, formatDay, formatNumber, formatSince, formatWait, t } from "../../src/web/i18n/mod.ts";
import { speak } from "../../src/web/i18n/language.ts";
import { fill } from "../../src/web/i18n/table.ts";
import type { Table, Text } from "../../src/web/i18n/table.ts";

const tables: Readonly<Record<string, Table>> = { en, de };

function wordings(text: Text): string[] {
  return typeof text === "string" ? [text] : Object.values(text);
}

function names(wording: string): string[] {
  return [...wording.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

/** Does something in a language, and returns to English. */
async function inGerman(work: () => void): Promise<void> {
  await speak("de");
  try {
    work();
  } finally {
    await speak("en");
  }
}

Deno.test("every language has the same texts, and none is empty", () => {
  for (const [language, table] of Object.entries(tables)) {
    assertEquals(Object.keys(table).sort(), Object.keys(en).sort(), language);
    const blank = Object.entries(table).filter(([, text]) => wordings(text).some((words) => !words.trim()));
    assertEquals(blank, [], language);
  }
});

Deno.test("every form of a text wants the same filled in, in every language", () => {
  for (const [key, original] of Object.entries<Text>(en)) {
    const wanted = names(typeof original === "string" ? original : original.other);
    for (const [language, table] of Object.entries(tables)) {
      const text = table[key];
      assert(text !== undefined);
      assertEquals(typeof text, typeof original, `${language} ${key}`);
      for (const wording of wordings(text)) {
        assertEquals(names(wording), wanted, `${language} ${key}: ${wording}`);
      }
    }
  }
});

Deno.test("plural texts have a form for each category of their language", () => {
  for (const [language, table] of Object.entries(tables)) {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, text] of Object.entries(table)) {
      if (typeof text !== "string") assertEquals(Object.keys(text).sort(), [...pluralCategories].sort(), key);
    }
  }
});

Deno.test("fill() takes the form of the number, and leaves alone what it has no value for", () => {
  const rules = new Intl.PluralRules("en");
  const text = { one: "{count} day of {whole}", other: "{count} days of {whole}" };
  assertEquals(fill(text, { count: 1, whole: "$& {count}" }, rules), "1 day of $& {count}");
  assertEquals(fill(text, { count: 0 }, rules), "0 days of {whole}");
  assertEquals(fill("{constructor}", {}, rules), "{constructor}");
});

Deno.test("fill() lets no value turn the text around it", () => {
  const rules = new Intl.PluralRules("en");
  assertEquals(fill("You: {text}", { text: "מה שלומך?" }, rules), "You: \u2068מה שלומך?\u2069");
  assertEquals(fill("{name} left", { name: "مها" }, rules), "\u2068مها\u2069 left");
  assertEquals(fill("{name} left", { name: "\u202eana\u2069" }, rules), "ana left");
});

Deno.test("t() follows the language", async () => {
  assertEquals(t("group.members", { count: 1 }), "1 member");
  assertEquals(t("group.members", { count: 3 }), "3 members");
  await inGerman(() => assertEquals(t("group.members", { count: 3 }), "3 Mitglieder"));
  assertEquals(t("ui.save"), "Save");
});

Deno.test("numbers, days and spans of time are written as the language does", async () => {
  const now = new Date(2026, 4, 20, 15, 0).getTime();
  const at = (days: number, hours = 0) => new Date(2026, 4, 20 - days, 15 - hours, 0).getTime();
  assertEquals(formatNumber(12_345), "12,345");
  assertEquals(formatDay(at(0, 14), now), "Today");
  assertEquals(formatDay(at(1), now), "Yesterday");
  assertEquals(formatDay(at(3), now), "Sunday");
  assertEquals(formatDay(at(10), now), "May 10");
  assertEquals(formatDay(at(400), now), "April 15, 2025");
  assertEquals(formatSince(at(2), now), "Mon");
  assertEquals(formatSince(at(30), now), "04/20/26");
  assertEquals(formatAgo(at(0, 2), now), "2 hours ago");
  assertEquals(formatAgo(now - 3_000, now), "now");
  assertEquals(formatWait(1), "in 1 second");
  assertEquals(formatWait(14.2 * 60_000), "in 15 minutes");
  await speak("en", ["de-AT", "en-GB", "en-US"]);
  assertEquals([formatSince(at(30), now), formatSince(at(0), now)], ["20/04/26", "15:00"]);
  await speak("en");
  await inGerman(() => {
    assertEquals(formatNumber(12_345), "12.345");
    assertEquals(formatDay(at(1), now), "Gestern");
    assertEquals(formatAgo(at(5), now), "vor 5 Tagen");
  });
});
