import { ParleyError } from "../../client/mod.ts";
import { formatWait, t } from "../i18n/mod.ts";
import type { PlainKey } from "../i18n/mod.ts";
import { toast } from "../ui/mod.ts";

const SAID: ReadonlyMap<string, PlainKey> = new Map(Object.entries(
  {
    invalid_request: "error.invalid_request",
    invalid_credentials: "error.invalid_credentials",
    email_taken: "error.email_taken",
    username_taken: "error.username_taken",
    forbidden: "error.forbidden",
    not_found: "error.not_found",
    last_admin: "error.last_admin",
    conversation_full: "error.conversation_full",
    message_too_old: "error.message_too_old",
    message_deleted: "error.message_deleted",
    too_many_reactions: "error.too_many_reactions",
    network: "error.network",
    timeout: "error.network",
    unauthenticated: "error.signed_out",
    token_expired: "error.signed_out",
    invalid_refresh_token: "error.signed_out",
    store_unavailable: "error.unavailable",
    limiter_unavailable: "error.unavailable",
    overloaded: "error.unavailable",
    draining: "error.unavailable",
  } as const,
));

/** What went wrong, in the reader's language. */
export function errorText(error: unknown): string {
  if (!(error instanceof ParleyError)) return t("error.unknown");
  if (error.code === "rate_limited") {
    return t("error.rate_limited", { wait: formatWait(error.retryAfterMs ?? 1000) });
  }
  return t(SAID.get(error.code) ?? "error.unknown");
}

/** Shows what went wrong as a notice. */
function toastError(error: unknown): void {
  toast(errorText(error), { kind: "error" });
}

/** Does something whose failure nothing else would show: shows it as a notice. Answers whether it went well. */
export async function tell(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}
