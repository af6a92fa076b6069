import { effect } from "@preact/signals";
import type { Client } from "../../client/mod.ts";
import { forgetForms } from "../form/form.ts";
import { adopt, client, me } from "../state/client.ts";
import { forgetContacts } from "../state/contacts.ts";
import { forgetDrafts } from "../state/drafts.ts";
import { navigate } from "../state/mod.ts";
import { closePanel } from "../state/panel.ts";
import { startWatching } from "../state/watching.ts";
import { chooseTheme, storedTheme } from "../state/theme.ts";

/** Makes a client the app's, takes up who was signed in, and connects whenever somebody is. */
export async function startSession(started: Client): Promise<void> {
  adopt(started);
  await started.restore();
  let last: string | undefined;
  effect(() => {
    const user = me.value;
    if (user?.id === last) return;
    last = user?.id;
    if (!user) return;
    if (user.preferences.theme !== storedTheme()) chooseTheme(user.preferences.theme);
    started.connect();
  });
  startWatching();
}

/** Ends the session and forgets on this device what belongs to the reader. */
export async function logout(): Promise<void> {
  closePanel();
  navigate({ screen: "home" }, { replace: true });
  forgetDrafts();
  forgetForms();
  forgetContacts();
  await client().logout();
}
