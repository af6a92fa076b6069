import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { AuthScreen } from "../auth/auth_screen.tsx";
import { me } from "../state/mod.ts";
import { Toasts } from "../ui/mod.ts";
import { Frame } from "./frame.tsx";
import { startShortcuts } from "./shortcuts.ts";
import { useTitle } from "./title.ts";

/** The whole app: for strangers the way in, for others everything. */
export function App(): JSX.Element {
  const user = me.value;
  useTitle();
  useLayoutEffect(startShortcuts, []);
  return (
    <>
      {user ? <Frame key={user.id} /> : <AuthScreen />}
      <Toasts />
    </>
  );
}
