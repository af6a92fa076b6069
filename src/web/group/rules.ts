import type { ConversationView, Role } from "../../client/mod.ts";

const ROLES: readonly Role[] = ["admin", "moderator", "member"];

/** Whether someone with this view of a group may take others in, as the server decides it. */
export function mayAdd({ role, settings }: Pick<ConversationView, "role" | "settings">): boolean {
  return role !== "member" || settings.allowInvites;
}

/** Whether someone may take another one out: admins anyone, moderators plain members. */
export function mayRemove(own: Role, theirs: Role): boolean {
  return own === "admin" || (own === "moderator" && theirs === "member");
}

/** The roles that someone may give to one who has another: admins alone give any. */
export function rolesFor(own: Role, theirs: Role): Role[] {
  return own === "admin" ? ROLES.filter((role) => role !== theirs) : [];
}
