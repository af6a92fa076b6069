import { idParams, pageQuery } from "../../http/schema.ts";
import { created, Reply, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import type { ConversationDeps } from "./deps.ts";
import {
  addParticipant,
  changeRole,
  joinConversation,
  leaveConversation,
  removeParticipant,
} from "./members.ts";
import { getConversation, listParticipants } from "./read.ts";
import {
  conversationSchema,
  memberParams,
  participantBody,
  participantPage,
  participantSchema,
  roleBody,
} from "./schema.ts";

const tag = "conversations";
const path = "/api/conversations/:id";

/** The routes by which people come, go and take roles. */
export function memberRoutes(router: Router, deps: ConversationDeps): void {
  selfRoutes(router, deps);
  participantRoutes(router, deps);
}

function selfRoutes(router: Router, deps: ConversationDeps): void {
  route(router, {
    method: "post",
    path: `${path}/join`,
    summary: "Join a public group",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 200, schema: conversationSchema },
    errors: ["not_found", "conversation_full"],
  }, async ({ user, params }) => {
    await joinConversation(deps, user.userId, params.id);
    return await getConversation(deps, user.userId, params.id);
  });

  route(router, {
    method: "post",
    path: `${path}/leave`,
    summary: "Leave a group; its last admin hands over to the longest-standing member",
    tag,
    auth: "user",
    params: idParams,
    ok: { status: 204 },
    errors: ["not_found", "not_a_group"],
  }, ({ user, params }) => leaveConversation(deps, user.userId, params.id));
}

function participantRoutes(router: Router, deps: ConversationDeps): void {
  route(router, {
    method: "get",
    path: `${path}/participants`,
    summary: "The participants, longest-standing first",
    tag,
    auth: "user",
    params: idParams,
    query: pageQuery,
    ok: { status: 200, schema: participantPage },
    errors: ["not_found"],
  }, ({ user, params, query }) => listParticipants(deps, user.userId, params.id, query));

  route(router, {
    method: "post",
    path: `${path}/participants`,
    summary: "Take someone into a group; one who is there already is answered as they are",
    tag,
    auth: "user",
    params: idParams,
    body: participantBody,
    ok: { status: 201, also: 200, schema: participantSchema },
    errors: ["not_found", "forbidden", "not_a_group", "conversation_full"],
  }, async ({ user, params, body }) => {
    const { participant, made } = await addParticipant(deps, user.userId, params.id, body);
    const location = `/api/conversations/${params.id}/participants`;
    return made ? created(location, participant) : new Reply(participant, 200);
  });

  route(router, {
    method: "patch",
    path: `${path}/participants/:userId`,
    summary: "Give a participant another role (admins)",
    tag,
    auth: "user",
    params: memberParams,
    body: roleBody,
    ok: { status: 200, schema: participantSchema },
    errors: ["not_found", "forbidden", "not_a_group", "last_admin"],
  }, ({ user, params, body }) => {
    return changeRole(deps, user.userId, params.id, { userId: params.userId, role: body.role });
  });

  route(router, {
    method: "delete",
    path: `${path}/participants/:userId`,
    summary: "Take someone out of a group (admins; moderators plain members), or leave it",
    tag,
    auth: "user",
    params: memberParams,
    ok: { status: 204 },
    errors: ["not_found", "forbidden", "not_a_group"],
  }, ({ user, params }) => removeParticipant(deps, user.userId, params.id, params.userId));
}
