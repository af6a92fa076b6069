import type { z } from "zod";
import type { Context } from "hono";
import type { HttpEnv } from "../../http/call.ts";
import { created, LOCATION, route } from "../../http/route.ts";
import type { Router, RouteSpec } from "../../http/route.ts";
import { idParams, pageQuery } from "../../http/schema.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Session } from "./records.ts";
import {
  changePasswordBody,
  loginBody,
  refreshBody,
  registerBody,
  sessionsAnswer,
  signedInAnswer,
  ticketAnswer,
} from "./schema.ts";
import type { AuthService } from "./service.ts";
import type { Client } from "./sessions.ts";

const tag = "Authentication";
const done: RouteSpec["ok"] = { status: 204 };

/** The routes under `/api/auth`; `user` describes a user as its owner sees it. */
export function authRoutes(router: Router, auth: AuthService, user: z.ZodType): void {
  credentialRoutes(router, auth, signedInAnswer(user));
  sessionRoutes(router, auth);
  route(router, {
    method: "post",
    path: "/api/auth/change-password",
    summary: "Change the password and end every other session",
    description: "This session stays. Wrong current passwords count against the account's limit of attempts.",
    tag,
    auth: "user",
    body: changePasswordBody,
    ok: done,
    errors: ["invalid_credentials", "rate_limited", "limiter_unavailable", "overloaded"],
  }, ({ user, body }) => auth.changePassword(user, body.currentPassword, body.newPassword));
  route(router, {
    method: "post",
    path: "/api/auth/ws-ticket",
    summary: "Get a one-use ticket for a WebSocket, good for 30 seconds",
    description:
      "For browsers, which cannot send an access token with `GET /ws`: offer the subprotocols `parley.v1` " +
      "and `ticket.<value>`. It works once, on any node. See [the socket](/docs/socket#connecting).",
    tag,
    auth: "user",
    ok: { status: 201, schema: ticketAnswer },
  }, ({ user }) => auth.tickets.issue(user));
}

function credentialRoutes(router: Router, auth: AuthService, answer: z.ZodType): void {
  const common = { method: "post", tag, auth: "none", limit: "credentials" } as const;
  route(router, {
    ...common,
    path: "/api/auth/register",
    summary: "Make an account and sign in",
    description: "Counts on the address's limit, and on one of its own for the e-mail address. " +
      "Repeated after a lost answer it says `email_taken`: log in then.",
    body: registerBody,
    ok: { status: 201, schema: answer, headers: LOCATION },
    errors: ["email_taken", "username_taken", "overloaded"],
  }, async ({ body: { password, ...registration }, address }, c) => {
    return created("/api/users/me", await auth.register(registration, password, clientOf(c, address)));
  });
  route(router, {
    ...common,
    path: "/api/auth/login",
    summary: "Sign in by e-mail address or username",
    description:
      "Opens a new session each time. An unknown user and a wrong password answer alike, in the same time; " +
      "attempts are limited per account and address.",
    body: loginBody,
    ok: { status: 200, schema: answer },
    errors: ["invalid_credentials", "overloaded"],
  }, ({ body: { email, username = "", password }, address }, c) => {
    return auth.login(email === undefined ? { username } : { email }, password, clientOf(c, address));
  });
  route(router, {
    ...common,
    path: "/api/auth/refresh",
    summary: "Exchange a refresh token for new tokens",
    description:
      "Each refresh token is good for one exchange. Repeating it within 10 seconds, as after a lost answer " +
      "or from a second tab, answers with the same successor; later it ends the session, since one of the two was stolen.",
    limit: "general",
    body: refreshBody,
    ok: { status: 200, schema: answer },
    errors: ["invalid_refresh_token"],
  }, ({ body }) => auth.refresh(body.refreshToken));
}

function sessionRoutes(router: Router, auth: AuthService): void {
  const common = { tag, auth: "user" } as const;
  route(router, {
    ...common,
    method: "post",
    path: "/api/auth/logout",
    summary: "End this session",
    description:
      "Its refresh token is void at once, its sockets are closed with `4401`. Its access token is refused " +
      "from then on, on other nodes within two seconds.",
    ok: done,
  }, ({ user }) => auth.sessions.logout(user));
  route(router, {
    ...common,
    method: "post",
    path: "/api/auth/logout-all",
    summary: "End every session",
    description: "As logging out everywhere, this session included.",
    ok: done,
  }, ({ user }) => auth.sessions.endAll(user.userId));
  route(router, {
    ...common,
    method: "get",
    path: "/api/auth/sessions",
    summary: "List the sessions, the newest first",
    query: pageQuery,
    ok: { status: 200, schema: sessionsAnswer },
  }, async ({ user, query }) => {
    const { rows, pagination } = await auth.sessions.list(user.userId, query.limit, query.cursor);
    return { sessions: rows.map((session) => view(session, user)), pagination };
  });
  route(router, {
    ...common,
    method: "delete",
    path: "/api/auth/sessions/:id",
    summary: "End one session",
    description: "Another user's session answers as one that does not exist.",
    params: idParams,
    ok: done,
    errors: ["not_found"],
  }, ({ user, params }) => auth.sessions.end(user.userId, params.id));
}

function view(session: Session, user: Principal): object {
  const { id, userAgent, address, createdAt, lastUsedAt, expiresAt } = session;
  return { id, userAgent, address, isCurrent: id === user.sessionId, createdAt, lastUsedAt, expiresAt };
}

function clientOf(c: Context<HttpEnv>, address: string): Client {
  return { address, userAgent: c.req.header("user-agent") ?? null };
}
