import type { JSX } from "preact";
import { FormFailure } from "../form/failure.tsx";
import { useForm } from "../form/form.ts";
import { t } from "../i18n/mod.ts";
import { logout } from "../session.ts";
import { client, me } from "../state/mod.ts";
import { Button, Field, toast } from "../ui/mod.ts";
import { Section } from "./section.tsx";
import { Sessions } from "./sessions.tsx";

const EMPTY = { currentPassword: "", newPassword: "" };

/** Password and sessions. */
export function Security(): JSX.Element {
  return (
    <>
      <PasswordForm />
      <Sessions />
      <Section title={t("auth.logout")} text={t("security.logout_text")}>
        <footer class="form-actions">
          <Button icon="door" onClick={() => void logout()}>{t("auth.logout")}</Button>
        </footer>
      </Section>
    </>
  );
}

function PasswordForm(): JSX.Element {
  const form = useForm(EMPTY, async (body) => {
    await client().request("POST /api/auth/change-password", { body });
    toast(t("security.password_changed"));
  }, { clears: true });
  return (
    <Section title={t("security.password")} text={t("security.password_text")}>
      <form class="form" onSubmit={form.submit} noValidate>
        <input
          class="visually-hidden"
          autoComplete="username"
          value={me.value?.username}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          label={t("security.current_password")}
          type="password"
          autoComplete="current-password"
          required
          {...form.text("currentPassword")}
        />
        <Field
          label={t("security.new_password")}
          hint={t("wanted.password")}
          type="password"
          autoComplete="new-password"
          required
          {...form.text("newPassword")}
        />
        <FormFailure text={form.failure} />
        <footer class="form-actions">
          <Button type="submit" variant="primary" busy={form.busy} disabled={!form.isDirty}>
            {t("security.change_password")}
          </Button>
        </footer>
      </form>
    </Section>
  );
}
