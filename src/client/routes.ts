/** Every route of the API with what it takes and answers. A test compares this table with the server's own. */

import type { z } from "zod";
import type * as auth from "../modules/auth/schema.ts";
import type * as conversations from "../modules/conversations/schema.ts";
import type * as schema from "../http/schema.ts";
import type * as messages from "../modules/messages/schema.ts";
import type * as uploads from "../modules/uploads/schema.ts";
import type * as users from "../modules/users/schema.ts";
import type { Frozen, SignedIn } from "./wire.ts";

/** What a schema takes. */
type In<S extends z.ZodType> = Frozen<z.input<S>>;
/** What a schema gives. */
type Out<S extends z.ZodType> = Frozen<z.output<S>>;
/** A query: what may be left out as the schema takes it, the values as it gives them. */
type Query<S extends z.ZodObject> = { readonly [K in keyof z.input<S>]: z.output<S>[K & keyof z.output<S>] };

/** By method and path; parameters stand in the path. A route without an `answer` answers nothing. */
export interface Routes {
  "POST /api/auth/register": { body: In<typeof auth.registerBody>; answer: SignedIn };
  "POST /api/auth/login": { body: In<typeof auth.loginBody>; answer: SignedIn };
  "POST /api/auth/refresh": { body: In<typeof auth.refreshBody>; answer: SignedIn };
  "POST /api/auth/logout": Nothing;
  "POST /api/auth/logout-all": Nothing;
  "POST /api/auth/change-password": { body: In<typeof auth.changePasswordBody> };
  "POST /api/auth/ws-ticket": { answer: Out<typeof auth.ticketAnswer> };
  "GET /api/auth/sessions": {
    query: Query<typeof schema.pageQuery>;
    answer: Out<typeof auth.sessionsAnswer>;
  };
  "DELETE /api/auth/sessions/:id": Nothing;
  "GET /api/auth/profile": { answer: Out<typeof users.userSchema> };
  "PUT /api/auth/profile": { body: In<typeof users.profileBody>; answer: Out<typeof users.userSchema> };
  "GET /api/users/me": { answer: Out<typeof users.userSchema> };
  "PATCH /api/users/me": { body: In<typeof users.userBody>; answer: Out<typeof users.userSchema> };
  "PUT /api/users/me/preferences": {
    body: In<typeof users.preferencesBody>;
    answer: Out<typeof users.userSchema>;
  };
  "GET /api/users": { query: Query<typeof users.searchQuery>; answer: Out<typeof users.usersAnswer> };
  "GET /api/users/:id": { answer: Out<typeof users.publicUserSchema> };
  "GET /api/users/me/blocks": {
    query: Query<typeof schema.pageQuery>;
    answer: Out<typeof users.blocksAnswer>;
  };
  "PUT /api/users/:id/block": Nothing;
  "DELETE /api/users/:id/block": Nothing;
  "GET /api/users/me/contacts": {
    query: Query<typeof schema.pageQuery>;
    answer: Out<typeof users.contactsAnswer>;
  };
  "POST /api/users/me/contacts": {
    body: In<typeof users.contactBody>;
    answer: Out<typeof users.contactSchema>;
  };
  "DELETE /api/users/me/contacts/:id": Nothing;
  "GET /api/conversations": {
    query: Query<typeof conversations.listQuery>;
    answer: Out<typeof conversations.conversationPage>;
  };
  "GET /api/conversations/public": {
    query: Query<typeof conversations.publicQuery>;
    answer: Out<typeof conversations.publicPage>;
  };
  "POST /api/conversations": {
    body: In<typeof conversations.createBody>;
    answer: Out<typeof conversations.conversationSchema>;
  };
  "GET /api/conversations/:id": { answer: Out<typeof conversations.conversationSchema> };
  "PATCH /api/conversations/:id": {
    body: In<typeof conversations.changeBody>;
    answer: Out<typeof conversations.conversationSchema>;
  };
  "DELETE /api/conversations/:id": Nothing;
  "PUT /api/conversations/:id/notifications": {
    body: In<typeof conversations.notificationsBody>;
    answer: Out<typeof conversations.notificationsSchema>;
  };
  "POST /api/conversations/:id/join": { answer: Out<typeof conversations.conversationSchema> };
  "POST /api/conversations/:id/leave": Nothing;
  "GET /api/conversations/:id/participants": {
    query: Query<typeof schema.pageQuery>;
    answer: Out<typeof conversations.participantPage>;
  };
  "POST /api/conversations/:id/participants": {
    body: In<typeof conversations.participantBody>;
    answer: Out<typeof conversations.participantSchema>;
  };
  "PATCH /api/conversations/:id/participants/:userId": {
    body: In<typeof conversations.roleBody>;
    answer: Out<typeof conversations.participantSchema>;
  };
  "DELETE /api/conversations/:id/participants/:userId": Nothing;
  "GET /api/messages/conversation/:conversationId": {
    query: Query<typeof messages.historyQuery>;
    answer: Out<typeof messages.historyView>;
  };
  "GET /api/messages/:id": { answer: Out<typeof messages.messageView> };
  "POST /api/messages": { body: In<typeof messages.sendBody>; answer: Out<typeof messages.messageView> };
  "PUT /api/messages/:id": { body: In<typeof messages.editBody>; answer: Out<typeof messages.editedView> };
  "DELETE /api/messages/:id": { answer: Out<typeof messages.saidView> };
  "POST /api/messages/:id/reactions": {
    body: In<typeof messages.reactionBody>;
    answer: Out<typeof messages.reactionsView>;
  };
  "PUT /api/messages/:id/pin": { answer: Out<typeof messages.messageView> };
  "DELETE /api/messages/:id/pin": { answer: Out<typeof messages.messageView> };
  "POST /api/messages/mark-read": {
    body: In<typeof messages.markReadBody>;
    answer: Out<typeof messages.saidView>;
  };
  "POST /api/uploads": {
    query: Query<typeof uploads.receiveQuery>;
    headers: In<typeof uploads.receiveHeaders>;
    body: Bytes | FormData;
    answer: Out<typeof uploads.uploadView>;
  };
  "GET /api/uploads": {
    query: Query<typeof uploads.listQuery>;
    answer: Out<typeof uploads.uploadPage>;
  };
  "POST /api/uploads/presign": {
    body: In<typeof uploads.presignBody>;
    answer: Out<typeof uploads.presignView>;
  };
  "POST /api/uploads/:id/complete": { answer: Out<typeof uploads.uploadView> };
  "POST /api/uploads/links": { body: In<typeof uploads.linksBody>; answer: Out<typeof uploads.linksView> };
  "GET /api/uploads/:id": { answer: Out<typeof uploads.uploadView> };
  "DELETE /api/uploads/:id": Nothing;
  "GET /api/uploads/:id/content": { query: Query<typeof uploads.linkQuery>; answer: Blob };
  "GET /api/uploads/:id/thumbnail": { query: Query<typeof uploads.linkQuery>; answer: Blob };
  "PUT /api/uploads/:id/bytes": { query: Query<typeof uploads.linkQuery>; body: Bytes };
}

/** What is sent as it is. */
export type Bytes = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Takes nothing beside what stands in its path, and answers nothing. */
type Nothing = Record<never, never>;

/** A route, as in `GET /api/conversations/:id`. */
export type RouteName = keyof Routes;

/** The names of a path's parameters. */
type Names<P extends string> = P extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}` ? Name | Names<More> : Rest
  : never;

/** A part that may be left out when everything in it may. */
type Part<N extends string, T> = Record<never, never> extends T ? { readonly [K in N]?: T }
  : { readonly [K in N]: T };

/** What a call of a route takes. */
export type RouteInput<R extends RouteName> =
  & Part<"params", { readonly [K in Names<R>]: string }>
  & (Routes[R] extends { query: infer Q } ? Part<"query", Q> : Nothing)
  & (Routes[R] extends { headers: infer H } ? Part<"headers", H> : Nothing)
  & (Routes[R] extends { body: infer B } ? Part<"body", B> : Nothing);

/** What a call of a route answers; `undefined` where there is nothing to say. */
export type RouteAnswer<R extends RouteName> = Routes[R] extends { answer: infer A } ? A : undefined;
