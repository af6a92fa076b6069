import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../../client/mod.ts";
import { tell } from "../form/errors.ts";
import { formatAgo, t } from "../i18n/mod.ts";
import { client } from "../state/mod.ts";
import { Button, ConfirmDialog, Icon, Spinner } from "../ui/mod.ts";
import { deviceOf } from "./device.ts";
import { Section } from "./section.tsx";

/** Where the reader is signed in. */
export function Sessions(): JSX.Element {
  const [sessions, setSessions] = useState<readonly Session[]>();
  const [asking, setAsking] = useState(false);
  const load = () => tell(async () => setSessions(await loadSessions()));
  useEffect(() => void load(), []);
  const end = (id: string) => client().request("DELETE /api/auth/sessions/:id", { params: { id } });
  const others = sessions?.filter(({ isCurrent }) => !isCurrent) ?? [];
  return (
    <Section title={t("security.sessions")} text={t("security.sessions_text")}>
      {sessions ? null : <Spinner />}
      <ul class="members">
        {sessions?.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            onEnd={async () => {
              await tell(() => end(session.id));
              await load();
            }}
          />
        ))}
      </ul>
      {others.length > 0 && (
        <footer class="form-actions">
          <Button class="button-warn" onClick={() => setAsking(true)}>{t("security.end_others")}</Button>
        </footer>
      )}
      {asking && (
        <ConfirmDialog
          title={t("security.end_others_title")}
          text={t("security.end_others_text")}
          action={t("security.end_others")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await tell(() => Promise.all(others.map(({ id }) => end(id))));
            setAsking(false);
            await load();
          }}
        />
      )}
    </Section>
  );
}

function SessionRow(
  { session, onEnd }: { readonly session: Session; readonly onEnd: () => Promise<void> },
): JSX.Element {
  const [busy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    await onEnd();
    setBusy(false);
  };
  return (
    <li class="member">
      <Icon name="monitor" />
      <span class="row-text">
        <span class="row-title">{deviceOf(session.userAgent) ?? t("security.unknown_device")}</span>
        <span class="row-preview">
          {session.isCurrent ? t("security.this_one") : formatAgo(session.lastUsedAt)} · {session.address}
        </span>
      </span>
      {!session.isCurrent && <Button busy={busy} onClick={end}>{t("security.end")}</Button>}
    </li>
  );
}

async function loadSessions(): Promise<readonly Session[]> {
  const { sessions } = await client().request("GET /api/auth/sessions", { query: { limit: 100 } });
  return [...sessions].sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
}
