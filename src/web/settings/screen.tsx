import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/mod.ts";
import { SETTINGS } from "../paths.ts";
import type { SettingsSection } from "../paths.ts";
import { navigate, route } from "../state/mod.ts";
import { Icon, IconButton } from "../ui/mod.ts";
import type { IconName } from "../ui/mod.ts";
import { Appearance } from "./appearance.tsx";
import { People } from "./people.tsx";
import { Privacy } from "./privacy.tsx";
import { Profile } from "./profile.tsx";
import { Security } from "./security.tsx";

const PAGES: Readonly<
  Record<SettingsSection, { readonly icon: IconName; readonly Page: () => JSX.Element | null }>
> = {
  profile: { icon: "user", Page: Profile },
  appearance: { icon: "palette", Page: Appearance },
  privacy: { icon: "shield", Page: Privacy },
  people: { icon: "group", Page: People },
  security: { icon: "key", Page: Security },
};

/** Everything that can be set, a page for each part. */
export function SettingsScreen(): JSX.Element {
  const here = route.value.screen === "settings" ? route.value.section ?? "profile" : "profile";
  const { Page } = PAGES[here];
  const nav = useRef<HTMLElement>(null);
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [here]);
  return (
    <div class="settings">
      <header class="bar">
        <span class="narrow-only">
          <IconButton icon="back" label={t("ui.back")} onClick={() => navigate({ screen: "home" })} />
        </span>
        <h1>{t("settings.title")}</h1>
      </header>
      <div class="settings-body">
        <nav ref={nav} class="settings-nav" aria-label={t("settings.title")}>
          {SETTINGS.map((section) => (
            <a
              key={section}
              href={`/settings/${section}`}
              aria-current={section === here ? "page" : undefined}
            >
              <Icon name={PAGES[section].icon} small />
              <span>{t(`settings.${section}`)}</span>
            </a>
          ))}
        </nav>
        <div class="settings-page" key={here}>
          <Page />
        </div>
      </div>
    </div>
  );
}
