import { created, LOCATION, Reply, route } from "../../http/route.ts";
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
  conversationParams,
  conversationSchema,
  memberParams,
  memberQuery,
  participantBody,
  participantPage,
  participantSchema,
  roleBody,
} from "./schema.ts";

const tag = "Conversations";
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
    description:
      "A group that is not public answers as one that does not exist. A member already stays as it is: a " +
      "retry changes nothing.",
    tag,
    auth: "user",
    params: conversationParams,
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
    description: "The last member ends the group. A retry answers `not_found`: you are out.",
    tag,
    auth: "user",
    params: conversationParams,
    ok: { status: 204 },
    errors: ["not_found", "not_a_group"],
  }, ({ user, params }) => leaveConversation(deps, user.userId, params.id));
}

function participantRoutes(router: Router, deps: ConversationDeps): void {
  route(router, {
    method: "get",
    path: `${path}/participants`,
    summary: "The participants, longest-standing first",
    description: "All of them, in pages.",
    tag,
    auth: "user",
    params: conversationParams,
    query: memberQuery,
    ok: { status: 200, schema: participantPage },
    errors: ["not_found"],
  }, ({ user, params, query }) => listParticipants(deps, user.userId, params.id, query));

  route(router, {
    method: "post",
    path: `${path}/participants`,
    summary: "Take someone into a group; one who is there already is answered as they are",
    description:
      "By admins and moderators, and by every member where `settings.allowInvites` is set; with another " +
      "role than `member` by admins alone. The one added sees the whole history, gets `conversation_added`, and must " +
      "accept it by block and `allowMessages`.",
    tag,
    auth: "user",
    params: conversationParams,
    body: participantBody,
    ok: { status: 201, also: 200, schema: participantSchema, headers: LOCATION },
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
    description:
      "The last admin keeps the role until there is another one (`last_admin`). A retry changes nothing.",
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
    description:
      "The removal takes a `rev`, the last one that the removed user is told of. A retry answers " +
      "`not_found`.",
    tag,
    auth: "user",
    params: memberParams,
    ok: { status: 204 },
    errors: ["not_found", "forbidden", "not_a_group"],
  }, ({ user, params }) => removeParticipant(deps, user.userId, params.id, params.userId));
}
