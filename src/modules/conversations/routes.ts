import { created, LOCATION, Reply, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { changeConversation, changeNotifications, removeConversation } from "./change.ts";
import { createConversation } from "./create.ts";
import type { ConversationDeps } from "./deps.ts";
import { memberRoutes } from "./routes_members.ts";
import { getConversation, listConversations, searchPublic } from "./read.ts";
import {
  changeBody,
  conversationPage,
  conversationParams,
  conversationSchema,
  createBody,
  listQuery,
  notificationsBody,
  notificationsSchema,
  publicPage,
  publicQuery,
} from "./schema.ts";

const tag = "Conversations";

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
    description:
      "A direct conversation that you deleted is left out until its next message. `participants` come with " +
      "direct conversations alone.",
    tag,
    auth: "user",
    query: listQuery,
    ok: { status: 200, schema: conversationPage },
  }, ({ user, query }) => listConversations(deps, user.userId, query));

  route(router, {
    method: "get",
    path: "/api/conversations/public",
    summary: "Public groups whose name begins with the query, by name",
    description:
      "Groups with `settings.isPublic`, members or not; `POST /api/conversations/{id}/join` enters one.",
    tag,
    auth: "user",
    query: publicQuery,
    yields: true,
    ok: { status: 200, schema: publicPage },
  }, ({ query }) => searchPublic(deps, query.query, query));

  route(router, {
    method: "post",
    path: "/api/conversations",
    summary: "Make a group, or the direct conversation of two people",
    description:
      "Two people have one direct conversation: whoever makes it again is answered with the first one and " +
      "`200`. A group is made anew by each call, and its maker is its admin. Everyone named must exist " +
      "(`not_found`) and accept it by block and `allowMessages` (`forbidden`).",
    tag,
    auth: "user",
    body: createBody,
    ok: { status: 201, also: 200, schema: conversationSchema, headers: LOCATION },
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
    description:
      "Members only: to everyone else it does not exist. `GET …/participants` pages through all of them.",
    tag,
    auth: "user",
    params: conversationParams,
    ok: { status: 200, schema: conversationSchema },
    errors: ["not_found"],
  }, ({ user, params }) => getConversation(deps, user.userId, params.id));

  route(router, {
    method: "patch",
    path,
    summary: "Change a group's name and description (admins, moderators) or settings (admins)",
    description:
      "One change, which takes the next `rev` and is told to every member as `conversation_updated`; each " +
      "kind of it becomes a system message. What is the same already changes nothing.",
    tag,
    auth: "user",
    params: conversationParams,
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
    description:
      "A group that has ended does not exist any more, for anyone. A hidden conversation comes back, with " +
      "its whole history, when either says something.",
    tag,
    auth: "user",
    params: conversationParams,
    ok: { status: 204 },
    errors: ["not_found", "forbidden"],
  }, ({ user, params }) => removeConversation(deps, user.userId, params.id));

  route(router, {
    method: "put",
    path: `${path}/notifications`,
    summary: "Change how you are notified of this conversation",
    description: "What is left out stays. Nobody else sees it.",
    tag,
    auth: "user",
    params: conversationParams,
    body: notificationsBody,
    ok: { status: 200, schema: notificationsSchema },
    errors: ["not_found"],
  }, ({ user, params, body }) => changeNotifications(deps, user.userId, params.id, body));
}
