import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { Conversation } from "../../client/mod.ts";
import { FormFailure } from "../form/failure.tsx";
import { useForm } from "../form/form.ts";
import { t } from "../i18n/mod.ts";
import { Button, Checkbox, Field, SelectField, TextAreaField } from "../ui/mod.ts";

const DAYS = [1, 7, 30, 90, 365];

export interface GroupFormProps {
  readonly conversation: Conversation;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onDone: () => void;
}

/** Changes a group: its name and description, and for admins its settings. Sends what differs alone. */
export function GroupForm({ conversation, onDirty, onDone }: GroupFormProps): JSX.Element {
  const { name, description, settings, role } = conversation.view;
  const first = {
    name: name ?? "",
    description: description ?? "",
    isPublic: settings.isPublic,
    allowInvites: settings.allowInvites,
    messageRetention: String(settings.messageRetention),
  };
  const form = useForm(first, async (values) => {
    await conversation.update({
      ...(values.name !== first.name && { name: values.name.trim() || null }),
      ...(values.description !== first.description && { description: values.description.trim() || null }),
      ...(role === "admin" && {
        settings: {
          isPublic: values.isPublic,
          allowInvites: values.allowInvites,
          messageRetention: Number(values.messageRetention),
        },
      }),
    });
    onDone();
  });
  useLayoutEffect(() => onDirty(form.isDirty), [form.isDirty]);
  return (
    <form class="form" onSubmit={form.submit} noValidate>
      <Field label={t("group.name")} autoFocus dir="auto" maxLength={100} {...form.text("name")} />
      <TextAreaField label={t("group.description")} dir="auto" {...form.text("description")} />
      {role === "admin" && (
        <>
          <Checkbox
            label={t("group.public")}
            hint={t("group.public_hint")}
            checked={form.values.isPublic}
            onChange={(checked) => form.set("isPublic", checked)}
          />
          <Checkbox
            label={t("group.invites")}
            hint={t("group.invites_hint")}
            checked={form.values.allowInvites}
            onChange={(checked) => form.set("allowInvites", checked)}
          />
          <SelectField
            label={t("group.retention")}
            hint={form.values.messageRetention === "0" ? undefined : t("group.retention_hint")}
            options={retentions(settings.messageRetention)}
            value={form.values.messageRetention}
            onChange={({ currentTarget }) => form.set("messageRetention", currentTarget.value)}
          />
        </>
      )}
      <FormFailure text={form.failure} />
      <footer class="dialog-actions">
        <Button onClick={onDone}>{t("ui.cancel")}</Button>
        <Button type="submit" variant="primary" busy={form.busy} disabled={!form.isDirty}>
          {t("ui.save")}
        </Button>
      </footer>
    </form>
  );
}

/** Forever, the usual numbers of days, and the one that holds now. */
function retentions(now: number): (readonly [string, string])[] {
  const days = [...new Set([...DAYS, now])].filter((count) => count > 0).sort((a, b) => a - b);
  return [
    ["0", t("group.retention_none")],
    ...days.map((count) => [String(count), t("group.days", { count })] as const),
  ];
}
