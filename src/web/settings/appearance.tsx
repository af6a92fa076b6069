import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { tell } from "../form/errors.ts";
import { chooseLanguage, language, LANGUAGES, t } from "../i18n/mod.ts";
import type { Language } from "../i18n/mod.ts";
import { client } from "../state/mod.ts";
import { chooseTheme, storedTheme } from "../state/theme.ts";
import type { Theme } from "../state/theme.ts";
import { Icon, SelectField } from "../ui/mod.ts";
import type { IconName } from "../ui/mod.ts";
import { Section } from "./section.tsx";

const THEMES: readonly (readonly [Theme, IconName])[] = [
  ["light", "sun"],
  ["dark", "moon"],
  ["auto", "monitor"],
];

/** Colours and language. */
export function Appearance(): JSX.Element {
  const [theme, setTheme] = useState(storedTheme());
  const choose = (chosen: Theme) => {
    setTheme(chosen);
    chooseTheme(chosen);
    void tell(() => client().request("PUT /api/users/me/preferences", { body: { theme: chosen } }));
  };
  return (
    <>
      <Section title={t("settings.theme")}>
        <div class="themes" role="radiogroup" aria-label={t("settings.theme")}>
          {THEMES.map(([name, icon]) => (
            <label key={name} class="theme">
              <input
                type="radio"
                name="theme"
                class="visually-hidden"
                value={name}
                checked={theme === name}
                onChange={() => choose(name)}
              />
              <span class={`theme-sample theme-${name}`}>
                <Icon name={icon} />
              </span>
              <span>{t(`theme.${name}`)}</span>
            </label>
          ))}
        </div>
      </Section>
      <Section title={t("settings.language")}>
        <SelectField
          label={t("settings.language")}
          hidesLabel
          options={Object.entries(LANGUAGES)}
          value={language.value}
          onChange={({ currentTarget }) => void tell(() => chooseLanguage(currentTarget.value as Language))}
        />
      </Section>
    </>
  );
}
