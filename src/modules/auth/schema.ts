import { z } from "zod";
import { id, pagination, text, time, username, within } from "../../http/schema.ts";

const NON_ASCII_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/**
 * A password as it is hashed, after the OpaqueString profile of RFC 8265: spaces of all kinds are one, and what
 * looks alike is alike (NFC), so that another keyboard does not lock its owner out.
 */
function preparePassword(password: string): string {
  return password.replace(NON_ASCII_SPACE, " ").normalize("NFC");
}

// deno-lint-ignore no-control-regex -- these are what a password must not hold
const NO_CONTROLS = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** A new password: 8 to 128 characters, none of them a control character. */
const newPassword = z.string()
  .meta({
    description: "8 to 128 characters, none of them a control character; not one's own name or address",
    minLength: 8,
    maxLength: 128,
    examples: ["correct horse 9"],
  })
  .regex(NO_CONTROLS, "Must not hold control characters")
  .transform(preparePassword)
  .refine((value) => within(value, 8, 128), "Must have 8 to 128 characters");

/** A password to be compared; whatever it is, it is right or wrong. */
const password = z.string().min(1).max(1024).meta({ examples: ["correct horse 8"] }).transform(
  preparePassword,
);

export const registerBody = z.object({
  email: z.string().toLowerCase().max(254).meta({
    description: "Kept in lower case; shown to nobody else",
    format: "email",
    examples: ["amina@example.org"],
  }).pipe(z.email()),
  username,
  password: newPassword,
  firstName: text(1, 50).meta({ examples: ["Amina"] }),
  lastName: text(1, 50).meta({ examples: ["Haddad"] }),
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
}).meta({
  anyOf: [{ required: ["email"] }, { required: ["username"] }],
  examples: [
    { email: "amina@example.org", password: "correct horse 9" },
    { username: "amina", password: "correct horse 9" },
  ],
});

const REFRESH_TOKEN = "01K4ZJ71D3F5H7K9MBPDRFTHVK.4.hG2kV9yS1rW8tQ0zX3cB6nM5lJ7pD4fA";

export const refreshBody = z.object({
  refreshToken: z.string().min(1).max(512).meta({ examples: [REFRESH_TOKEN] }),
});

export const changePasswordBody = z.object({ currentPassword: password, newPassword });

export const ticketAnswer = z.object({
  ticket: z.string().meta({
    description: "To be offered as the subprotocol `ticket.<value>`, beside `parley.v1`",
    examples: ["Zr3mT8vQ1xW6kN0bY5cJ2hF7gD4sA9pL"],
  }),
  expiresAt: time,
}).meta({ id: "WebSocketTicket" });

export const sessionView = z.object({
  id: id.meta({ examples: ["01K4ZJ71D3F5H7K9MBPDRFTHVK"] }),
  userAgent: z.string().nullable().meta({
    description: "What the program that signed in called itself",
    examples: ["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"],
  }),
  address: z.string().meta({ description: "The address it signed in from", examples: ["203.0.113.7"] }),
  isCurrent: z.boolean().meta({ description: "Whether it is the session that asks", examples: [true] }),
  createdAt: time,
  lastUsedAt: time,
  expiresAt: time,
}).meta({ id: "Session" });

export const sessionsAnswer = z.object({ sessions: z.array(sessionView), pagination });

/** What signing in answers, with the user as `user` describes it. */
export function signedInAnswer(user: z.ZodType): z.ZodType {
  return z.object({
    user,
    accessToken: z.string().meta({
      description: "For `Authorization: Bearer`",
      examples: ["eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMUs0In0.kQ3vJ8xZ"],
    }),
    refreshToken: z.string().meta({ description: "Good for one exchange", examples: [REFRESH_TOKEN] }),
    expiresIn: z.number().int().meta({
      description: "Seconds that the access token lasts",
      examples: [900],
    }),
  }).meta({ id: "SignedIn" });
}
