import { assertEquals } from "@std/assert";
import { hitsIn } from "../../src/web/conversation/hits.ts";
import { buildRows } from "../../src/web/conversation/rows.ts";
import { lineOf, systemText } from "../../src/web/conversation/wording.ts";
import { formatSize } from "../../src/web/files/size.ts";
import { remember } from "../../src/web/state/mod.ts";
import type { Said } from "./conversation_support.ts";
import { local } from "./conversation_support.ts";

const line = (said: Said) => lineOf(local(said).message);
const told = (metadata: Readonly<Record<string, unknown>>) =>
  systemText(local({ type: "system", text: "", metadata }).message);

Deno.test("lineOf() says a message in one line, without marks", () => {
  assertEquals(line({ text: "*a*\n\n- b\n- `c`" }), "a b c");
  assertEquals(line({ text: "", isDeleted: true }), "Message deleted");
  assertEquals(line({ text: "", type: "image" }), "Picture");
  assertEquals(line({ text: "", type: "file" }), "File");
  assertEquals(line({ text: "a word", type: "image" }), "a word");
});

Deno.test("systemText() has words for every change that the server tells of", () => {
  remember([{ id: "bob", username: "bob", firstName: "Bob", lastName: "", avatar: null }]);
  assertEquals(told({ systemType: "user_joined", userId: "bob", actorId: "bob" }), "Bob joined");
  assertEquals(told({ systemType: "user_joined", userId: "bob", actorId: "ann" }), "ann added Bob");
  assertEquals(told({ systemType: "user_left", userId: "bob" }), "Bob left");
  assertEquals(told({ systemType: "user_left", userId: "bob", removedBy: "ann" }), "ann removed Bob");
  assertEquals(told({ systemType: "role_changed", userId: "bob", role: "admin" }), "Bob is now an admin");
  assertEquals(told({ systemType: "name_changed", name: "x" }), "ann named the group “x”");
  assertEquals(told({ systemType: "name_changed", name: null }), "ann removed the group's name");
  assertEquals(told({ systemType: "description_changed" }), "ann changed the description");
  assertEquals(told({ systemType: "settings_changed" }), "ann changed the settings");
  assertEquals(told({ systemType: "yet_unknown" }), "ann changed the group");
});

Deno.test("hitsIn() finds what messages say, whatever case and accents, the latest first", () => {
  const messages = [
    local({ seq: 1, text: "Crème brûlée" }),
    local({ seq: 2, text: "nothing" }),
    local({ seq: 3, text: "CREME" }),
  ];
  const rows = buildRows(messages, { userId: "me", hasOlder: false, readUpTo: undefined });
  assertEquals(hitsIn(rows, " creme "), ["m3", "m1"]);
  assertEquals(hitsIn(rows, " "), []);
});

Deno.test("formatSize() takes the largest unit that fits", () => {
  assertEquals([0, 999, 1_500, 2_000_000].map(formatSize), ["0 byte", "999 byte", "1.5 kB", "2 MB"]);
});
