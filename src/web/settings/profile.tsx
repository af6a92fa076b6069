import type { JSX } from "preact";
import type { User } from "../../client/mod.ts";
import { FormFailure } from "../form/failure.tsx";
import { useForm } from "../form/form.ts";
import { t } from "../i18n/mod.ts";
import { client, fullName, me } from "../state/mod.ts";
import { Avatar, Button, Field, TextAreaField, toast } from "../ui/mod.ts";
import { Section } from "./section.tsx";

/** What others see of the reader. */
export function Profile(): JSX.Element | null {
  const user = me.value;
  return user ? <ProfileForm user={user} /> : null;
}

function ProfileForm({ user }: { readonly user: User }): JSX.Element {
  const { firstName, lastName, avatar, bio, location, website } = user.profile;
  const first = {
    ...{ firstName, lastName, username: user.username },
    avatar: avatar ?? "",
    bio: bio ?? "",
    location: location ?? "",
    website: website ?? "",
  };
  const form = useForm(first, async (values) => {
    const optional = (text: string) => text.trim() || null;
    await client().request("PATCH /api/users/me", {
      body: {
        username: values.username.trim(),
        firstName: values.firstName.trim(),
        lastName: values.lastName.trim(),
        avatar: optional(values.avatar),
        bio: optional(values.bio),
        location: optional(values.location),
        website: optional(values.website),
      },
    });
    toast(t("settings.saved"));
  }, { keepAs: "profile" });
  const { values } = form;
  return (
    <Section title={t("settings.profile")} text={t("profile.text")}>
      <form class="form" onSubmit={form.submit} noValidate>
        <div class="profile-head">
          <Avatar id={user.id} name={fullName(values)} src={values.avatar || null} size="large" />
          <div>
            <bdi class="row-title">{fullName(values)}</bdi>
            <p class="soft">{user.email}</p>
          </div>
        </div>
        <div class="form-pair">
          <Field
            label={t("profile.first_name")}
            autoComplete="given-name"
            dir="auto"
            {...form.text("firstName")}
          />
          <Field
            label={t("profile.last_name")}
            autoComplete="family-name"
            dir="auto"
            {...form.text("lastName")}
          />
        </div>
        <Field
          label={t("auth.username")}
          autoComplete="username"
          spellcheck={false}
          {...form.text("username")}
        />
        <Field label={t("profile.avatar")} hint={t("wanted.avatar")} type="url" {...form.text("avatar")} />
        <TextAreaField label={t("profile.bio")} dir="auto" {...form.text("bio")} />
        <div class="form-pair">
          <Field label={t("profile.location")} dir="auto" {...form.text("location")} />
          <Field label={t("profile.website")} type="url" {...form.text("website")} />
        </div>
        <FormFailure text={form.failure} />
        <footer class="form-actions">
          <Button type="submit" variant="primary" busy={form.busy} disabled={!form.isDirty}>
            {t("ui.save")}
          </Button>
        </footer>
      </form>
    </Section>
  );
}
