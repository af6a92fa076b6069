import { created, LOCATION, Reply, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { edit, remove } from "./edit.ts";
import { readHistory, readMessage } from "./history.ts";
import { pin } from "./pins.ts";
import { react } from "./reactions.ts";
import { markRead } from "./receipts.ts";
import {
  conversationParams,
  editBody,
  editedView,
  historyQuery,
  historyView,
  markReadBody,
  messageParams,
  messageView,
  reactionBody,
  reactionsView,
  saidView,
  sendBody,
} from "./schema.ts";
import { send } from "./send.ts";
import type { Messages } from "./service.ts";

const tag = "Messages";
const path = "/api/messages/:id";

/** The routes under `/api/messages`. */
export function messageRoutes(router: Router, messages: Messages): void {
  readingRoutes(router, messages);
  sendingRoutes(router, messages);
  changingRoutes(router, messages);
  pinRoutes(router, messages);
}

function readingRoutes(router: Router, messages: Messages): void {
  route(router, {
    method: "get",
    path: "/api/messages/conversation/:conversationId",
    summary: "A conversation's messages, oldest first: a page, or what lies before, after or around a place",
    description: `One of four, always in rising \`seq\`:

- \`page\` (the default, 1) counts pages from the newest. Pages are ranges of \`seq\`, \`total\` counts places; deleted
  messages are left out, so that a page may hold fewer.
- \`before\` and \`after\` a \`seq\`, not including it, with deleted messages in their blank form; go on with \`cursor\`.
- \`around\` a \`seq\`, including it.`,
    tag,
    auth: "user",
    params: conversationParams,
    query: historyQuery,
    ok: { status: 200, schema: historyView },
    errors: ["not_found"],
  }, ({ user, params, query }) => readHistory(messages, user.userId, params.conversationId, query));

  route(router, {
    method: "get",
    path,
    summary: "A message, with everyone who has read it",
    description: "In its present state; a deleted one in its blank form.",
    tag,
    auth: "user",
    params: messageParams,
    ok: { status: 200, schema: messageView },
    errors: ["not_found"],
  }, ({ user, params }) => readMessage(messages, user.userId, params.id));

  route(router, {
    method: "post",
    path: "/api/messages/mark-read",
    summary: "You have read everything up to a place or a message; without one, the whole conversation",
    description:
      "Cumulative: it never goes back, and may be repeated. The others are told by `messages_read`.",
    tag,
    auth: "user",
    body: markReadBody,
    ok: { status: 200, schema: saidView },
    errors: ["not_found", "beyond_head"],
  }, async ({ user, body }) => {
    await markRead(messages, user.userId, body);
    return { message: "Messages marked as read" };
  });
}

function sendingRoutes(router: Router, messages: Messages): void {
  route(router, {
    method: "post",
    path: "/api/messages",
    summary: "Send a message; a retry with the same clientId answers with the first one",
    description:
      `Stored before it is answered: \`201\` survives a crash of any node. The message takes the next \`seq\` and
\`rev\` of its conversation and is pushed to every connection of every member as \`new_message\`.

**Retry with the same \`clientId\`** until there is an answer: the message is stored once, whenever and wherever the
retry comes, and a retry is answered with \`200\` and the message in its present state. The same \`clientId\` with another
request is an \`idempotency_conflict\`.

Messages, edits, deletions and reactions share one limit for each user, over REST and the socket together.`,
    tag,
    auth: "user",
    limit: "messages",
    body: sendBody,
    ok: { status: 201, also: 200, schema: messageView, headers: LOCATION },
    errors: ["not_found", "forbidden", "message_deleted", "idempotency_conflict"],
  }, async ({ user, body }) => {
    const { message, made } = await send(messages, user.userId, body);
    return made ? created(`/api/messages/${message.id}`, message) : new Reply(message, 200);
  });
}

function changingRoutes(router: Router, messages: Messages): void {
  route(router, {
    method: "put",
    path,
    summary: "Give a message of yours another text, within 15 minutes",
    description: "The same text again changes nothing, so that a retry is harmless. Mentions are read anew.",
    tag,
    auth: "user",
    limit: "messages",
    params: messageParams,
    body: editBody,
    ok: { status: 200, schema: editedView },
    errors: ["not_found", "forbidden", "message_deleted", "message_too_old"],
  }, async ({ user, params, body: { content } }) => {
    const text = typeof content === "string" ? content : content.text;
    const data = await edit(messages, user.userId, params.id, text);
    return { message: "Message updated successfully", data };
  });

  route(router, {
    method: "delete",
    path,
    summary: "Delete a message of yours, or any as a group's admin or moderator",
    description:
      "The message keeps its place and loses its content, for every reader and in every quote. Deleting it " +
      "again changes nothing.",
    tag,
    auth: "user",
    limit: "messages",
    params: messageParams,
    ok: { status: 200, schema: saidView },
    errors: ["not_found", "forbidden"],
  }, async ({ user, params }) => {
    await remove(messages, user.userId, params.id);
    return { message: "Message deleted successfully" };
  });

  route(router, {
    method: "post",
    path: "/api/messages/:id/reactions",
    summary: "Set, clear or toggle your reaction; a toggle is not to be retried",
    description:
      "With `on` a retry changes nothing. A message takes up to 1,000 reactions of 50 kinds; each user has " +
      "one of each. Answers all of them.",
    tag,
    auth: "user",
    limit: "messages",
    params: messageParams,
    body: reactionBody,
    ok: { status: 200, schema: reactionsView },
    errors: ["not_found", "forbidden", "message_deleted", "too_many_reactions"],
  }, ({ user, params, body }) => react(messages, user.userId, params.id, body));
}

function pinRoutes(router: Router, messages: Messages): void {
  const pinning = {
    path: "/api/messages/:id/pin",
    tag,
    auth: "user",
    params: messageParams,
    ok: { status: 200, schema: messageView },
    errors: ["not_found", "forbidden", "message_deleted"],
  } as const;

  route(
    router,
    {
      ...pinning,
      method: "put",
      summary: "Pin a message",
      description:
        "By a group's admins and moderators, and by both in a direct conversation. What is pinned already " +
        "stays as it is.",
    },
    ({ user, params }) => pin(messages, user.userId, params.id, true),
  );

  route(
    router,
    {
      ...pinning,
      method: "delete",
      summary: "Take a message's pin away",
      description: "By those who may pin. There need not be a pin.",
    },
    ({ user, params }) => pin(messages, user.userId, params.id, false),
  );
}
