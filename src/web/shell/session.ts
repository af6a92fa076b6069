import { effect } from "@preact/signals";
import type { Client } from "../../client/mod.ts";
import { forgetFiles, leaveFiles, restoreFiles } from "../files/queues.ts";
import { forgetForms } from "../form/form.ts";
import { t } from "../i18n/mod.ts";
import { adopt, client, me } from "../state/client.ts";
import { forgetContacts } from "../state/contacts.ts";
import { forgetDrafts } from "../state/drafts.ts";
import { closePanel, navigate } from "../state/mod.ts";
import { chooseTheme, storedTheme } from "../state/theme.ts";
import { startWatching } from "../state/watching.ts";
import { dismissToasts, toast } from "../ui/mod.ts";

/** Whether the reader wants to leave; else who is no longer signed in was signed out elsewhere. */
let leaving = false;

/** Makes a client the app's, takes up who was signed in, and connects whenever somebody is. */
export async function startSession(started: Client): Promise<void> {
  adopt(started);
  // A browser that keeps nothing, or lets nobody read it, has nobody signed in.
  await started.restore().catch(() => undefined);
  let last: string | undefined;
  let here = false;
  effect(() => {
    const user = me.value;
    if (!user) {
      if (here && !leaving) signedOut();
      here = false;
    } else if (!here) {
      if (last !== undefined) dismissToasts();
      if (last !== user.id) forgetForms();
      [last, here, leaving] = [user.id, true, false];
      if (user.preferences.theme !== storedTheme()) chooseTheme(user.preferences.theme);
      started.connect();
      void restoreFiles();
    }
  });
  startWatching();
}

/** Ends the session and forgets on this device what belongs to the reader. */
export async function logout(): Promise<void> {
  leaving = true;
  closePanel();
  navigate({ screen: "home" }, { replace: true });
  forgetDrafts();
  forgetContacts();
  forgetForms();
  await forgetFiles();
  await client().logout();
}

/** Says so, and keeps what was typed for when the reader comes back. */
function signedOut(): void {
  closePanel();
  forgetContacts();
  leaveFiles();
  toast(t("error.signed_out"), { kind: "error", ms: 0 });
}
