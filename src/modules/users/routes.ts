import type { z } from "zod";
import { created, LOCATION, Reply, route } from "../../http/route.ts";
import type { Router } from "../../http/route.ts";
import { pageQuery, userParams } from "../../http/schema.ts";
import type { Preferences } from "./records.ts";
import {
  blocksAnswer,
  contactBody,
  contactsAnswer,
  contactSchema,
  preferencesBody,
  profileBody,
  publicUserSchema,
  searchQuery,
  userBody,
  usersAnswer,
  userSchema,
} from "./schema.ts";
import type { UserService } from "./service.ts";

const common = { tag: "Users", auth: "user" } as const;
const aUser = { status: 200, schema: userSchema } as const;
const done = { status: 204 } as const;

/** The routes of users: one's own record, other people, contacts and blocks. */
export function userRoutes(router: Router, users: UserService): void {
  ownRoutes(router, users);
  peopleRoutes(router, users);
  contactRoutes(router, users);
}

function ownRoutes(router: Router, users: UserService): void {
  for (const path of ["/api/users/me", "/api/auth/profile"]) {
    route(
      router,
      { ...common, method: "get", path, summary: "Get one's own record", ok: aUser },
      ({ user }) => {
        return users.own(user.userId);
      },
    );
  }
  route(router, {
    ...common,
    method: "put",
    path: "/api/auth/profile",
    summary: "Change one's own profile; fields that are not given stay",
    description: "Fields may stand as such or under `profile`; `null` clears one that may be empty.",
    body: profileBody,
    ok: aUser,
  }, ({ user, body: { profile, ...fields } }) => users.change(user.userId, { ...fields, ...profile }));
  route(router, {
    ...common,
    method: "patch",
    path: "/api/users/me",
    summary: "Change one's own record; fields that are not given stay",
    description:
      "The profile's fields, as such or under `profile`, and the `username`. Others see the change at once, " +
      "on other nodes within a minute.",
    body: userBody,
    ok: aUser,
    errors: ["username_taken"],
  }, ({ user, body: { profile, ...fields } }) => users.change(user.userId, { ...fields, ...profile }));
  route(router, {
    ...common,
    method: "put",
    path: "/api/users/me/preferences",
    summary: "Change one's own preferences; fields that are not given stay",
    description: "What `privacy` hides is hidden from everyone: answers and pushes leave it out.",
    body: preferencesBody,
    ok: aUser,
  }, ({ user, body }) => users.change(user.userId, flat(body)));
}

function peopleRoutes(router: Router, users: UserService): void {
  route(router, {
    ...common,
    method: "get",
    path: "/api/users",
    summary: "Find users by the beginning of their username",
    description: "Sorted by username. E-mail addresses are neither searched nor shown.",
    query: searchQuery,
    yields: true,
    ok: { status: 200, schema: usersAnswer },
  }, async ({ user, query: { query, limit, cursor } }) => {
    const { rows, pagination } = await users.search(user.userId, query, limit, cursor);
    return { users: rows, pagination };
  });
  route(router, {
    ...common,
    method: "get",
    path: "/api/users/:id",
    summary: "Get a user as others see it",
    description: "Presence is told as the user's privacy settings allow, and to nobody across a block.",
    params: userParams,
    ok: { status: 200, schema: publicUserSchema },
    errors: ["not_found"],
  }, ({ user, params }) => users.show(user.userId, params.id));
  route(router, {
    ...common,
    method: "get",
    path: "/api/users/me/blocks",
    summary: "List those whom one has blocked",
    description:
      "In order of their ids. Users whose account is gone are left out, so that a page may hold fewer.",
    query: pageQuery,
    ok: { status: 200, schema: blocksAnswer },
  }, async ({ user, query }) => {
    const { rows, pagination } = await users.relations.blocks(user.userId, query.limit, query.cursor);
    return { blocks: await users.showBlocks(rows), pagination };
  });
  route(router, {
    ...common,
    method: "put",
    path: "/api/users/:id/block",
    summary: "Block a user",
    description:
      "Neither may write to the other in a direct conversation, add the other to a conversation or see the " +
      "other's presence; groups that they share go on. Blocking again changes nothing.",
    params: userParams,
    ok: done,
    errors: ["not_found"],
  }, ({ user, params }) => users.relations.block(user.userId, params.id));
  route(router, {
    ...common,
    method: "delete",
    path: "/api/users/:id/block",
    summary: "Lift the block of a user",
    description: "There need not be one.",
    params: userParams,
    ok: done,
  }, ({ user, params }) => users.relations.unblock(user.userId, params.id));
}

function contactRoutes(router: Router, users: UserService): void {
  const path = "/api/users/me/contacts";
  route(router, {
    ...common,
    method: "get",
    path,
    summary: "List one's own contacts",
    description:
      "In order of their ids. Contacts whose account is gone are left out, so that a page may hold fewer.",
    query: pageQuery,
    ok: { status: 200, schema: contactsAnswer },
  }, async ({ user, query }) => {
    const { rows, pagination } = await users.relations.contacts(user.userId, query.limit, query.cursor);
    return { contacts: await users.showContacts(user.userId, rows), pagination };
  });
  route(router, {
    ...common,
    method: "post",
    path,
    summary: "Put a user among one's own contacts",
    description: "The other need not agree and is not told. One who is there already is answered with `200`.",
    body: contactBody,
    ok: { status: 201, also: 200, schema: contactSchema, headers: LOCATION },
    errors: ["not_found"],
  }, async ({ user, body }) => {
    const { contact, added } = await users.relations.addContact(user.userId, body.userId);
    const [view = {}] = await users.showContacts(user.userId, [contact]);
    return added ? created(`/api/users/${contact.contactId}`, view) : new Reply(view, 200);
  });
  route(router, {
    ...common,
    method: "delete",
    path: `${path}/:id`,
    summary: "Take a user from one's own contacts",
    params: userParams,
    ok: done,
    errors: ["not_found"],
  }, ({ user, params }) => users.relations.removeContact(user.userId, params.id));
}

function flat({ privacy, ...fields }: z.output<typeof preferencesBody>): Partial<Preferences> {
  return { ...fields, ...privacy };
}
