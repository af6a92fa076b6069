import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConnectionState } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import { client, connection } from "../state/mod.ts";

/** How long a trouble lasts before it is worth a word. */
const BLIP_MS = 1_000;

/** A thin line that says how the line to the server stands, when it does not stand well. */
export function ConnectionLine(): JSX.Element {
  const state = connection.value;
  const troubled = state.status !== "online" && state.status !== "idle";
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!troubled) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), BLIP_MS);
    return () => clearTimeout(timer);
  }, [troubled]);
  const shown = troubled && (lasting || state.status === "ended");
  return (
    <div class={`line ${shown ? "line-shown" : ""} line-${state.status}`} role="status">
      {shown && <Words state={state} />}
    </div>
  );
}

function Words({ state }: { readonly state: ConnectionState }): JSX.Element {
  switch (state.status) {
    case "offline":
      return <span>{t("line.offline")}</span>;
    case "catching_up":
      return <span>{t("line.catching_up")}</span>;
    case "waiting":
      return (
        <>
          <span>{t("line.waiting")}</span>
          <button type="button" class="line-action" onClick={() => client().reconnectNow()}>
            {t("line.retry")}
          </button>
        </>
      );
    case "ended":
      return (
        <>
          <span>{t("line.ended")}</span>
          <button type="button" class="line-action" onClick={() => client().connect()}>
            {t("line.retry")}
          </button>
        </>
      );
    default:
      return <span>{t("line.connecting")}</span>;
  }
}
