import { z } from "zod";
import { id, pagination, text, time, username } from "../../http/schema.ts";

/** A web address; `https` alone, since browsers are sent there. */
const httpsUrl = z.string().max(2048).refine(
  (value) => URL.canParse(value) && new URL(value).protocol === "https:",
  "Must be an https URL",
).meta({ format: "uri" });

const webUrl = z.string().max(2048).refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  "Must be an http or https URL",
).meta({ format: "uri" });

const profileChange = z.object({
  firstName: text(1, 50),
  lastName: text(1, 50),
  avatar: httpsUrl.nullable(),
  bio: text(0, 500).nullable(),
  location: text(0, 100).nullable(),
  website: webUrl.nullable(),
  dateOfBirth: z.iso.date().nullable(),
}).partial();

/** Fields of the profile, as such or under `profile` as the record has them; those not given stay. */
export const profileBody = profileChange.extend({ profile: profileChange.optional() });

export const userBody = profileBody.extend({ username: username.optional() });

const allowMessages = z.enum(["everyone", "contacts", "none"]);
const theme = z.enum(["light", "dark", "auto"]);

/** Fields that are not given stay. */
export const preferencesBody = z.object({
  emailNotifications: z.boolean(),
  pushNotifications: z.boolean(),
  theme,
  privacy: z.object({ showOnlineStatus: z.boolean(), allowMessages, showLastSeen: z.boolean() }).partial(),
}).partial();

/** The beginning of a username. */
export const searchQuery = z.object({
  query: z.string().min(1).max(30).toLowerCase(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: z.string().min(1).max(64).optional(),
});

export const contactBody = z.object({ userId: id });

const presence = {
  isOnline: z.boolean().optional().describe("Left out when the user does not show it"),
  lastSeen: time.nullable().optional().describe("Left out when the user does not show it"),
};

const card = {
  id: z.string(),
  username: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  avatar: z.string().nullable(),
};

export const cardSchema = z.object(card).meta({ id: "UserCard" });
export const publicUserSchema = z.object({ ...card, ...presence }).meta({ id: "PublicUser" });
export const contactSchema = z.object({ ...card, ...presence, addedAt: time }).meta({ id: "Contact" });

/** A user as others may know it. */
export type UserCard = Readonly<z.output<typeof cardSchema>>;

export const usersAnswer = z.object({ users: z.array(publicUserSchema), pagination });
export const contactsAnswer = z.object({ contacts: z.array(contactSchema), pagination });

/** A user as its owner sees it. */
export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  username: z.string(),
  profile: z.object({
    firstName: z.string(),
    lastName: z.string(),
    avatar: z.string().nullable(),
    bio: z.string().nullable(),
    location: z.string().nullable(),
    website: z.string().nullable(),
    dateOfBirth: z.string().nullable(),
    isOnline: z.boolean(),
    lastSeen: time.nullable(),
  }),
  preferences: z.object({
    emailNotifications: z.boolean(),
    pushNotifications: z.boolean(),
    theme,
    privacy: z.object({ showOnlineStatus: z.boolean(), allowMessages, showLastSeen: z.boolean() }),
  }),
  stats: z.object({
    messagesSent: z.number().int(),
    filesShared: z.number().int(),
    loginCount: z.number().int(),
  }),
  role: z.enum(["user", "moderator", "admin"]),
  isVerified: z.boolean(),
  isActive: z.boolean(),
  lastLoginAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
}).meta({ id: "User" });
