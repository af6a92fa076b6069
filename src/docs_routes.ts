import type { Context } from "hono";
import { z } from "zod";
import type { HttpEnv } from "./http/call.ts";
import { ETAG, published } from "./http/document.ts";
import { openApiDocument } from "./http/openapi.ts";
import { REST_GUIDE } from "./http/openapi_guide.ts";
import { route } from "./http/route.ts";
import type { Router } from "./http/route.ts";
import { conversationSchema, participantSchema } from "./modules/conversations/schema.ts";
import { messageView } from "./modules/messages/schema.ts";
import { asyncApiDocument } from "./realtime/asyncapi.ts";
import { hubPushes } from "./realtime/pushes.ts";
import type { DescribedCommand } from "./realtime/session.ts";
import ICON from "./web/static/icon.svg" with { type: "text" };

const HTML = "text/html; charset=utf-8";
const TITLE = "Parley";
const VERSION = "0.1.0";

/** What each group of routes is about. */
const TAGS = {
  Authentication: "Accounts, sessions and tokens.",
  Users: "One's own record, other people, contacts and blocks.",
  Conversations: "Direct ones and groups: their members, roles and settings.",
  Messages: "What is said: sending, reading, changing, reacting, and having read.",
  Uploads: "Files: bringing them, looking at them, and giving them back.",
  Service: "The node itself, and its descriptions.",
};

/** The pages load nothing but their style and icon, and run nothing. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/**
 * Serves the service's descriptions of itself, as documents for machines and as pages for people. Each is made at its
 * first request, when every route is declared.
 */
export function docsRoutes(router: Router, commands: ReadonlyMap<string, DescribedCommand>): void {
  const openApi = () =>
    openApiDocument(router.declared, { title: TITLE, version: VERSION, description: REST_GUIDE, tags: TAGS });
  const asyncApi = () => {
    const records = {
      message: messageView,
      conversation: conversationSchema,
      participant: participantSchema,
    };
    return asyncApiDocument({ title: TITLE, version: VERSION, commands, pushes: hubPushes(records) });
  };
  document(router, "/openapi.json", "The description of this API, in OpenAPI 3.1", openApi);
  document(router, "/asyncapi.json", "The description of the socket, in AsyncAPI 3.0", asyncApi);
  // What makes pages takes its time to load, and most nodes are never asked for one.
  const docs = () => import("./http/docs/mod.ts");
  page(router, "/docs", HTML, async () => (await docs()).restPage(openApi()));
  page(router, "/docs/socket", HTML, async () => (await docs()).socketPage(asyncApi()));
  page(router, "/docs/style.css", "text/css; charset=utf-8", async () => (await docs()).STYLE);
  page(router, "/docs/icon.svg", "image/svg+xml", () => ICON);
}

function document(router: Router, path: string, summary: string, make: () => object): void {
  const answer = published("application/json", () => JSON.stringify(make()));
  const ok = { status: 200, schema: z.record(z.string(), z.unknown()), headers: ETAG } as const;
  const spec = { method: "get", tag: "Service", auth: "none", limit: "none" } as const;
  route(router, { ...spec, path, summary, ok }, (_, c) => answer(c));
}

/** A page is not part of the API that it describes. */
function page(router: Router, path: string, type: string, make: () => string | Promise<string>): void {
  const answer = published(type, make, { "content-security-policy": POLICY });
  router.app.get(path, (c: Context<HttpEnv>) => {
    c.get("call").route = path;
    return answer(c);
  });
}
