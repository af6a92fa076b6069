import { effect } from "@preact/signals";
import type { Client } from "../client/mod.ts";
import { forgetFiles, leaveFiles, restoreFiles } from "./files/queues.ts";
import { forgetForms } from "./form/form.ts";
import { t } from "./i18n/mod.ts";
import { adopt, client, me } from "./state/client.ts";
import { forgetContacts } from "./state/contacts.ts";
import { forgetDrafts } from "./state/drafts.ts";
import { closePanel, navigate } from "./state/mod.ts";
import { chooseTheme, storedTheme } from "./state/theme.ts";
import { startWatching } from "./state/watching.ts";
import { dismissToasts, toast } from "./ui/mod.ts";

/** Whether the reader has logged out here; otherwise a session that is gone was ended elsewhere. */
let isLeaving = false;

/** Makes a client the app's, restores its session, and connects whenever somebody is signed in. */
export async function startSession(started: Client): Promise<void> {
  adopt(started);
  // A browser that keeps nothing, or lets nobody read it, has nobody signed in.
  await started.restore().catch(() => undefined);
  let lastId: string | undefined;
  let isSignedIn = false;
  effect(() => {
    const user = me.value;
    if (!user) {
      if (isSignedIn && !isLeaving) signedOut();
      isSignedIn = false;
    } else if (!isSignedIn) {
      if (lastId !== undefined) dismissToasts();
      if (lastId !== user.id) forgetForms();
      [lastId, isSignedIn, isLeaving] = [user.id, true, false];
      if (user.preferences.theme !== storedTheme()) chooseTheme(user.preferences.theme);
      started.connect();
      void restoreFiles();
    }
  });
  startWatching();
}

/** Ends the session and forgets on this device what belongs to the reader. */
export async function logout(): Promise<void> {
  isLeaving = true;
  closePanel();
  navigate({ screen: "home" }, { replace: true });
  forgetDrafts();
  forgetContacts();
  forgetForms();
  await forgetFiles();
  await client().logout();
}

/** Tells the reader of a session that was ended elsewhere; what they typed is kept for when they log in again. */
function signedOut(): void {
  closePanel();
  forgetContacts();
  leaveFiles();
  toast(t("error.signed_out"), { kind: "error", ms: 0 });
}
