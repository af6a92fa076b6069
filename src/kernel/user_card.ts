/** A user as shown to others. */
export interface UserCard {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly avatar: string | null;
}

/** Stands for a user who is no more; no one can have this name. */
export function nobody(id: string): UserCard {
  return { id, username: "[deleted]", firstName: "", lastName: "", avatar: null };
}
