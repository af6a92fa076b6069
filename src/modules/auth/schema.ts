import { z } from "zod";
import { pagination, text, time, username, within } from "../../http/schema.ts";

const NON_ASCII_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/**
 * A password as it is hashed, after the OpaqueString profile of RFC 8265: spaces of all kinds are one, and what
 * looks alike is alike (NFC), so that another keyboard does not lock its owner out.
 */
export function preparePassword(password: string): string {
  return password.replace(NON_ASCII_SPACE, " ").normalize("NFC");
}

/** A new password: 8 to 128 characters, none of them a control character. */
const newPassword = z.string()
  .refine((value) => !/\p{Cc}/u.test(value), "Must not hold control characters")
  .transform(preparePassword)
  .refine((value) => within(value, 8, 128), "Must have 8 to 128 characters")
  .meta({ minLength: 8, maxLength: 128 });

/** A password to be compared; whatever it is, it is right or wrong. */
const password = z.string().min(1).max(1024).transform(preparePassword);

export const registerBody = z.object({
  email: z.string().toLowerCase().max(254).meta({ format: "email" }).pipe(z.email()),
  username,
  password: newPassword,
  firstName: text(1, 50),
  lastName: text(1, 50),
}).superRefine((body, context) => {
  const guessable = [body.email, body.username, body.email.split("@")[0]];
  if (!guessable.includes(body.password.toLowerCase())) return;
  context.addIssue({ code: "custom", path: ["password"], message: "Must not be the user's own name" });
});

export const loginBody = z.object({
  email: z.string().min(1).max(254).toLowerCase().optional(),
  username: z.string().min(1).max(254).toLowerCase().optional(),
  password,
}).refine((body) => body.email !== undefined || body.username !== undefined, {
  path: ["email"],
  message: "Must be given, or else username",
  // Also when another field is wrong, so that all are named at once.
  when: ({ value }) => typeof value === "object" && value !== null,
});

export const refreshBody = z.object({ refreshToken: z.string().min(1).max(512) });

export const changePasswordBody = z.object({ currentPassword: password, newPassword });

export const ticketAnswer = z.object({ ticket: z.string(), expiresAt: time }).meta({ id: "WebSocketTicket" });

export const sessionView = z.object({
  id: z.string(),
  userAgent: z.string().nullable(),
  address: z.string(),
  isCurrent: z.boolean(),
  createdAt: time,
  lastUsedAt: time,
  expiresAt: time,
}).meta({ id: "Session" });

export const sessionsAnswer = z.object({ sessions: z.array(sessionView), pagination });

/** What signing in answers, with the user as `user` describes it. */
export function signedInAnswer(user: z.ZodType): z.ZodType {
  return z.object({
    user,
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.number().int().describe("Seconds that the access token lasts"),
  }).meta({ id: "SignedIn" });
}
