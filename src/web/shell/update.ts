import { t } from "../i18n/mod.ts";
import { toast } from "../ui/mod.ts";

const WORKER = "/sw.js";
const LOOK_MS = 60 * 60_000;

/**
 * Has a service worker keep the app for times without a network. A new version waits until the reader wants it: the
 * page is reloaded on their word alone, never under what is being typed. Answers when the worker is registered.
 */
export async function startUpdates(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(trusted(WORKER), { updateViaCache: "none" });
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) offerUpdate(registration.waiting);
  };
  offer();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  setInterval(() => void registration.update().catch(() => {}), LOOK_MS);
}

function offerUpdate(waiting: ServiceWorker): void {
  const onSelect = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take-over");
  };
  toast(t("update.ready"), { ms: 0, action: { label: t("update.reload"), onSelect } });
}

/** Trusted Types, where the browser knows them: the page's policy lets no other script address through. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy("parley", {
    createScriptURL(wanted) {
      if (wanted !== WORKER) throw new TypeError("not a script of the app");
      return wanted;
    },
  });
  return policy ? policy.createScriptURL(url) : url;
}
