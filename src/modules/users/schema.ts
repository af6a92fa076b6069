import { z } from "zod";
import {
  count,
  noTime,
  PAGE_CURSOR,
  PAGE_LIMIT,
  pagination,
  text,
  time,
  userId,
  username,
} from "../../http/schema.ts";
import { SAMPLE } from "../../kernel/samples.ts";

const AVATAR = "https://img.example.org/amina.webp";

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
  firstName: text(1, 50).meta({ examples: ["Amina"] }),
  lastName: text(1, 50).meta({ examples: ["Haddad"] }),
  avatar: httpsUrl.nullable().meta({ description: "An https URL of a picture", examples: [AVATAR] }),
  bio: text(0, 500).nullable().meta({ examples: ["Reads maps for fun."] }),
  location: text(0, 100).nullable().meta({ examples: ["Tunis"] }),
  website: webUrl.nullable().meta({ examples: ["https://amina.example.org"] }),
  dateOfBirth: z.iso.date().nullable().meta({ examples: ["1994-05-17"] }),
}).partial();

const BIO = { bio: "Reads maps for fun.", location: "Tunis" };

/** Fields of the profile, as such or under `profile` as the record has them; those not given stay. */
export const profileBody = profileChange.extend({ profile: profileChange.optional() })
  .meta({ examples: [BIO, { profile: BIO }] });

export const userBody = profileBody.extend({ username: username.optional() })
  .meta({ examples: [{ username: "amina_h", ...BIO }] });

const allowMessages = z.enum(["everyone", "contacts", "none"]).meta({
  description: "Who may begin a conversation with the user, or add it to one",
});
const theme = z.enum(["light", "dark", "auto"]).meta({ examples: ["auto"] });

/** Fields that are not given stay. */
export const preferencesBody = z.object({
  emailNotifications: z.boolean(),
  pushNotifications: z.boolean(),
  theme,
  privacy: z.object({ showOnlineStatus: z.boolean(), allowMessages, showLastSeen: z.boolean() }).partial(),
}).partial().meta({ examples: [{ theme: "dark", privacy: { allowMessages: "contacts" } }] });

/** The beginning of a username. */
export const searchQuery = z.object({
  query: z.string().min(1).max(30).toLowerCase().meta({
    description: "How the username begins, in any case",
    examples: ["bru"],
  }),
  limit: count(1, 50).default(20).meta({ description: PAGE_LIMIT }),
  cursor: z.string().min(1).max(64).optional().meta({ description: PAGE_CURSOR, examples: ["bruno"] }),
});

export const contactBody = z.object({ userId });

const HIDDEN = { description: "Left out when the user does not show it" };
const presence = {
  isOnline: z.boolean().optional().meta({ ...HIDDEN, examples: [true] }),
  lastSeen: time.nullable().optional().meta(HIDDEN),
};

const card = {
  id: userId,
  username: z.string().meta({ examples: ["bruno"] }),
  firstName: z.string().meta({ examples: ["Bruno"] }),
  lastName: z.string().meta({ examples: ["Costa"] }),
  avatar: z.string().nullable().meta({ examples: [null] }),
};

export const cardSchema = z.object(card).meta({ id: "UserCard" });
export const publicUserSchema = z.object({ ...card, ...presence }).meta({
  id: "PublicUser",
  description: "A user as others may know it",
});
export const contactSchema = z.object({ ...card, ...presence, addedAt: time }).meta({ id: "Contact" });
const blockedSchema = z.object({ ...card, blockedAt: time }).meta({ id: "BlockedUser" });

export const usersAnswer = z.object({ users: z.array(publicUserSchema), pagination });
export const contactsAnswer = z.object({ contacts: z.array(contactSchema), pagination });
export const blocksAnswer = z.object({ blocks: z.array(blockedSchema), pagination });

/** A user as its owner sees it. */
export const userSchema = z.object({
  id: userId.meta({ examples: [SAMPLE.user] }),
  email: z.string().meta({ examples: ["amina@example.org"] }),
  username: z.string().meta({ examples: ["amina"] }),
  profile: z.object({
    firstName: z.string().meta({ examples: ["Amina"] }),
    lastName: z.string().meta({ examples: ["Haddad"] }),
    avatar: z.string().nullable().meta({ examples: [AVATAR] }),
    bio: z.string().nullable().meta({ examples: [null] }),
    location: z.string().nullable().meta({ examples: ["Tunis"] }),
    website: z.string().nullable().meta({ examples: [null] }),
    dateOfBirth: z.string().nullable().meta({ examples: [null] }),
    isOnline: z.boolean().meta({ examples: [true] }),
    lastSeen: noTime,
  }),
  preferences: z.object({
    emailNotifications: z.boolean().meta({ examples: [true] }),
    pushNotifications: z.boolean().meta({ examples: [true] }),
    theme,
    privacy: z.object({
      showOnlineStatus: z.boolean().meta({ examples: [true] }),
      allowMessages,
      showLastSeen: z.boolean().meta({ examples: [true] }),
    }),
  }),
  stats: z.object({
    messagesSent: z.number().int(),
    filesShared: z.number().int(),
    loginCount: z.number().int(),
  }).meta({ examples: [{ messagesSent: 128, filesShared: 3, loginCount: 12 }] }),
  role: z.enum(["user", "moderator", "admin"]),
  isVerified: z.boolean().meta({ description: "Whether the e-mail address is the user's for certain" }),
  isActive: z.boolean().meta({ examples: [true] }),
  lastLoginAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
}).meta({ id: "User", description: "A user as its owner sees it" });
