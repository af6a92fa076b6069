import type { JSX } from "preact";
import { t } from "../i18n/mod.ts";
import { logout } from "../session.ts";
import { fullName, me, navigate, openPanel } from "../state/mod.ts";
import { Avatar, Menu } from "../ui/mod.ts";

/** Who is signed in, with the menus of the app and of new conversations. */
export function Self(): JSX.Element | null {
  const user = me.value;
  if (!user) return null;
  const name = fullName({ ...user.profile, username: user.username });
  return (
    <header class="self">
      <a class="self-card" href="/settings/profile" title={t("settings.title")}>
        <Avatar id={user.id} name={name} src={user.profile.avatar} size="small" />
        <bdi>{name}</bdi>
      </a>
      <Menu
        label={t("list.menu")}
        icon="settings"
        entries={[
          { label: t("settings.title"), icon: "settings", onSelect: () => navigate({ screen: "settings" }) },
          { label: t("help.title"), icon: "info", onSelect: () => openPanel({ kind: "help" }) },
          { label: t("auth.logout"), icon: "door", onSelect: () => void logout() },
        ]}
      />
      <Menu
        label={t("list.new")}
        icon="edit"
        entries={[
          { label: t("new.direct"), icon: "chat", onSelect: () => openPanel({ kind: "new_direct" }) },
          { label: t("new.group"), icon: "group", onSelect: () => openPanel({ kind: "new_group" }) },
          { label: t("discover.title"), icon: "compass", onSelect: () => openPanel({ kind: "discover" }) },
        ]}
      />
    </header>
  );
}
