import { idParams } from "../../http/schema.ts";
import { created, Reply, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { changeConversation, changeNotifications, removeConversation } from "./change.ts";
import { createConversation } from "./create.ts";
import type { ConversationDeps } from "./deps.ts";
import { memberRoutes } from "./routes_members.ts";
import { getConversation, listConversations, searchPublic } from "./read.ts";
import {
  changeBody,
  conversationPage,
  conversationSchema,
  createBody,
  listQuery,
  notificationsBody,
  notificationsSchema,
  publicPage,
  publicQuery,
} from "./schema.ts";

const tag = "conversations";

/** The routes under `/api/conversations`. */
export function conversationRoutes(router: Router, deps: ConversationDeps): void {
  listRoutes(router, deps);
  recordRoutes(router, deps);
  memberRoutes(router, deps);
}

function listRoutes(router: Router, deps: ConversationDeps): void {
  route(router, {
    method: "get",
    path: "/api/conversations",
    summary: "Your conversations, latest activity first",
    tag,
    auth: "user",
    query: listQuery,
    ok: { status: 200, schema: conversationPage },
  }, ({ user, query }) => listConversations(deps, user.userId, query));

  route(router, {
    method: "get",
    path: "/api/conversations/public",
    summary: "Public groups whose name begins with the query, by name",
    tag,
    auth: "user",
    query: publicQuery,
    ok: { status: 200, schema: publicPage },
  }, ({ query }) => searchPublic(deps, query.query, query));

  route(router, {
    method: "post",
    path: "/api/conversations",
    summary:
      "Make a group, or the direct conversation of two people; the second time answers with the first one",
    tag,
    auth: "user",
    body: createBody,
    ok: { status: 201, also: 200, schema: conversationSchema },
    errors: ["not_found", "forbidden", "conversation_full"],
  }, async ({ user, body }) => {
    const { id, made } = await createConversation(deps, user.userId, body);
    const view = await getConversation(deps, user.userId, id);
    return made ? created(`/api/conversations/${id}`, view) : new Reply(view, 200);
  });
}

function recordRoutes(router: Router, deps: ConversationDeps): void {
  const path = "/api/conversations/:id";
  route(router, {
    method: "get",
    path,
    summary: "A conversation with up to 100 of its participants",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 200, schema: conversationSchema },
    errors: ["not_found"],
  }, ({ user, params }) => getConversation(deps, user.userId, params.id));

  route(router, {
    method: "patch",
    path,
    summary: "Change a group's name and description (admins, moderators) or settings (admins)",
    tag,
    auth: "user",
    params: idParams,
    body: changeBody,
    ok: { status: 200, schema: conversationSchema },
    errors: ["not_found", "forbidden", "not_a_group"],
  }, async ({ user, params, body }) => {
    await changeConversation(deps, user.userId, params.id, body);
    return await getConversation(deps, user.userId, params.id);
  });

  route(router, {
    method: "delete",
    path,
    summary: "End a group for all (admins), or hide a direct conversation until its next message",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 204 },
    errors: ["not_found", "forbidden"],
  }, ({ user, params }) => removeConversation(deps, user.userId, params.id));

  route(router, {
    method: "put",
    path: `${path}/notifications`,
    summary: "Change how you are notified of this conversation",
    tag,
    auth: "user",
    params: idParams,
    body: notificationsBody,
    ok: { status: 200, schema: notificationsSchema },
    errors: ["not_found"],
  }, ({ user, params, body }) => changeNotifications(deps, user.userId, params.id, body));
}
