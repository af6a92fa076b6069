import type { UserRole } from "../../kernel/principal.ts";

/** What the keeper of users knows of one and authentication needs. */
export interface Account {
  readonly id: string;
  readonly role: UserRole;
  readonly isActive: boolean;
}

/** Who registers. */
export interface Registration {
  /** In lower case. */
  readonly email: string;
  /** In lower case. */
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** How a login names its user. */
export type Login = { readonly email: string } | { readonly username: string };

/** The keeper of users, as authentication needs it. */
export interface Accounts {
  /** Throws `email_taken` or `username_taken` when the names are given already. A hint: `create` has the say. */
  ensureFree(registration: Registration): Promise<void>;
  /** Throws `email_taken` or `username_taken`; of several at once one succeeds. */
  create(id: string, registration: Registration): Promise<void>;
  find(login: Login): Promise<Account | undefined>;
  get(id: string): Promise<Account | undefined>;
  /** Counts a login. */
  recordLogin(id: string): Promise<void>;
  /** The user as its owner sees it. Throws `not_found`. */
  own(id: string): Promise<object>;
}
