import type { JSX } from "preact";
import type { RouteInput, User } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import { client, me } from "../state/mod.ts";
import { Checkbox, SelectField } from "../ui/mod.ts";
import { Section } from "./section.tsx";

type Preferences = RouteInput<"PUT /api/users/me/preferences">["body"];
type AllowMessages = User["preferences"]["privacy"]["allowMessages"];

/** Who may see and reach the reader. Every change is kept at once. */
export function Privacy(): JSX.Element | null {
  const user = me.value;
  if (!user) return null;
  const { showOnlineStatus, showLastSeen, allowMessages } = user.preferences.privacy;
  const keep = (body: Preferences) =>
    void tell(() => client().request("PUT /api/users/me/preferences", { body }));
  return (
    <Section title={t("settings.privacy")} text={t("privacy.text")}>
      <div class="form">
        <Checkbox
          label={t("privacy.online")}
          hint={t("privacy.online_hint")}
          checked={showOnlineStatus}
          onChange={(shown) => keep({ privacy: { showOnlineStatus: shown } })}
        />
        <Checkbox
          label={t("privacy.last_seen")}
          hint={t("privacy.last_seen_hint")}
          checked={showLastSeen}
          onChange={(shown) => keep({ privacy: { showLastSeen: shown } })}
        />
        <SelectField
          label={t("privacy.messages")}
          options={[
            ["everyone", t("privacy.everyone")],
            ["contacts", t("privacy.contacts")],
            ["none", t("privacy.none")],
          ]}
          value={allowMessages}
          onChange={({ currentTarget }) =>
            keep({ privacy: { allowMessages: currentTarget.value as AllowMessages } })}
        />
      </div>
    </Section>
  );
}
