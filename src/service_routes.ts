import { z } from "zod";
import { docsRoutes } from "./docs_routes.ts";
import { route } from "./http/route.ts";
import type { Router } from "./http/route.ts";
import { overloaded } from "./kernel/backoff.ts";
import { ParleyError } from "./kernel/errors.ts";
import type { Store } from "./ports/store.ts";
import { upgrade } from "./realtime/upgrade.ts";
import type { UpgradeDeps } from "./realtime/upgrade.ts";

export interface ServiceDeps extends UpgradeDeps {
  readonly store: Store;
}

const health = z.object({ status: z.literal("ok") }).meta({ id: "Health" });

/** The routes that are about the service itself: health, its description, and the socket. */
export function serviceRoutes(router: Router, deps: ServiceDeps): void {
  const ready = async () => {
    if (deps.gateway.draining) throw new ParleyError("draining");
    // Who has a socket here is served; who has none is better served elsewhere.
    if (deps.gateway.pressure.full) throw overloaded();
    await deps.store.ping();
    return { status: "ok" };
  };
  const common = { method: "get", tag: "Service", auth: "none", limit: "none" } as const;
  const ok = { status: 200, schema: health } as const;
  const errors = ["draining", "overloaded", "store_unavailable"] as const;
  route(
    router,
    { ...common, path: "/health", summary: "Whether the node takes requests", ok, errors },
    ready,
  );
  route(
    router,
    { ...common, path: "/health/ready", summary: "Whether the node takes requests", ok, errors },
    ready,
  );
  route(
    router,
    { ...common, path: "/health/live", summary: "Whether the process runs", ok },
    () => ({ status: "ok" }),
  );
  docsRoutes(router, deps.gateway.commands);
  router.app.get("/ws", async (c) => {
    const call = c.get("call");
    call.route = "/ws";
    try {
      const { response, principal } = await upgrade(deps, c.req.raw);
      call.user = principal;
      response.headers.set("x-request-id", call.requestId);
      return response;
    } catch (error) {
      if (error instanceof ParleyError && error.status === 401) await router.guard.countRefusal(call);
      throw error;
    }
  });
}
