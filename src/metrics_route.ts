import { createHash, timingSafeEqual } from "node:crypto";
import { exposition, EXPOSITION_TYPE } from "./http/exposition.ts";
import { route } from "./http/route.ts";
import type { Router } from "./http/route.ts";
import { ParleyError } from "./kernel/errors.ts";
import type { Metrics } from "./kernel/metrics.ts";

/** `GET /metrics`, for Prometheus; where there is a token, for who brings it as a bearer. */
export function metricsRoute(router: Router, metrics: Metrics, token: string | undefined): void {
  route(router, {
    method: "get",
    path: "/metrics",
    tag: "Service",
    summary: "How the node fares, in Prometheus's text format",
    auth: "none",
    limit: "none",
    ok: { status: 200 },
    errors: ["unauthenticated", "rate_limited"],
  }, async (_, c) => {
    if (token !== undefined && !isBearer(c.req.header("authorization"), token)) {
      await router.guard.countRefusal(c.get("call"));
      throw new ParleyError("unauthenticated");
    }
    return c.body(exposition(metrics.families), 200, { "content-type": EXPOSITION_TYPE });
  });
}

/** Compared by digests, so that the time taken tells nothing. */
function isBearer(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}
