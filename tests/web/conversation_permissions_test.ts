import { assertEquals } from "@std/assert";
import { permissionsFor } from "../../src/web/conversation/permissions.ts";
import type { Permissions } from "../../src/web/conversation/permissions.ts";
import type { Said } from "./conversation_support.ts";
import { local } from "./conversation_support.ts";

const SENT = Date.parse("2026-05-04T10:00:00.000Z");
const MINUTE = 60_000;

/** The names of what may be done, a minute after it was said. */
function may(
  said: Said,
  type: "direct" | "group" = "direct",
  role: "admin" | "moderator" | "member" = "member",
  now = SENT + MINUTE,
): string {
  const permissions: Permissions = permissionsFor(local(said), { type, role }, "me", now);
  return Object.entries(permissions).filter(([, is]) => is).map(([name]) => name).join(" ");
}

Deno.test("what others say can be answered, reacted to and copied; pinned by both in a direct conversation", () => {
  assertEquals(may({ by: "ann" }), "reply react pin copy link");
  assertEquals(may({ by: "ann" }, "group"), "reply react copy link");
});

Deno.test("admins and moderators of a group delete and pin what others say", () => {
  for (const role of ["admin", "moderator"] as const) {
    assertEquals(may({ by: "ann" }, "group", role), "reply react delete pin copy link");
  }
});

Deno.test("one's own can be changed for a quarter of an hour, and deleted for ever", () => {
  assertEquals(may({ by: "me" }, "group"), "reply react edit delete copy link");
  assertEquals(may({ by: "me" }, "group", "member", SENT + 16 * MINUTE), "reply react delete copy link");
  assertEquals(may({ by: "me", type: "file" }, "group"), "reply react delete copy link");
});

Deno.test("nothing is done to what is deleted or said by the system but linking to it", () => {
  assertEquals(may({ isDeleted: true, text: "", by: "me" }), "link");
  assertEquals(may({ type: "system", text: "" }, "group", "admin"), "link");
});

Deno.test("what is on its way can be copied, and what failed sent again", () => {
  const sent = { by: "me", seq: 0, clientId: "a" };
  assertEquals(may({ ...sent, state: "sending" }), "copy");
  assertEquals(may({ ...sent, state: "failed" }), "copy resend");
});
