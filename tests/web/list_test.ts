import { assertEquals } from "@std/assert";
import { nextIndex } from "../../src/web/list/arrows.ts";
import { matches } from "../../src/web/search/filter.ts";
import { deviceOf } from "../../src/web/settings/device.ts";
import { windowTitle } from "../../src/web/shell/title.ts";
import { mayAdd, mayRemove, rolesFor } from "../../src/web/group/rules.ts";
import { hueOf, initials } from "../../src/web/ui/avatar.tsx";

Deno.test("matches() finds by the beginnings of words, without regard to case, accents and order", () => {
  const texts = ["Žofia Müller-Łukasik", "zofka_98", null, undefined];
  for (const query of ["", "  ", "zof", "MULL", "müll", "luka zo", "Łuk", "@zofka", "98"]) {
    assertEquals(matches(query, texts), true, query);
  }
  for (const query of ["ofia", "zofia x", "ller"]) assertEquals(matches(query, texts), false, query);
  assertEquals(matches("花", ["花 田中"]), true);
});

Deno.test("nextIndex() stays inside the list, and starts at its first row", () => {
  assertEquals(nextIndex("ArrowDown", -1, 3), 0);
  assertEquals(nextIndex("ArrowDown", 2, 3), 2);
  assertEquals(nextIndex("ArrowUp", 0, 3), 0);
  assertEquals([nextIndex("Home", 2, 3), nextIndex("End", 0, 3)], [0, 2]);
  assertEquals([nextIndex("a", 0, 3), nextIndex("ArrowDown", -1, 0)], [undefined, undefined]);
});

Deno.test("initials() takes first and last word of any script", () => {
  assertEquals(initials("Amina de la Cruz"), "AC");
  assertEquals(initials("  bruno  "), "B");
  assertEquals(initials("花 田中"), "花田");
  assertEquals(initials("👩🏽‍🚀 Éva"), "É");
  assertEquals([initials(""), initials("🎉")], ["", ""]);
});

Deno.test("hueOf() is one of eight, and spreads ids over all of them", () => {
  const counts = new Array(8).fill(0);
  for (let index = 0; index < 4_000; index++) counts[hueOf(`user-${index}`)]++;
  assertEquals(counts.length, 8);
  assertEquals(counts.filter((count) => count < 350), []);
});

Deno.test("windowTitle() names the place and what is unread", () => {
  assertEquals(windowTitle(0, undefined), "Parley");
  assertEquals(windowTitle(3, "Chess"), "(3) Chess · Parley");
});

Deno.test("deviceOf() names browser and system, or the program", () => {
  const chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36";
  assertEquals(deviceOf(chrome), "Chrome · Linux");
  assertEquals(deviceOf(chrome.replace("X11; Linux x86_64", "Linux; Android 16")), "Chrome · Android");
  assertEquals(
    deviceOf("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"),
    "Safari · iPhone",
  );
  assertEquals(deviceOf("curl/8.5.0"), "curl");
  assertEquals(deviceOf(null), undefined);
});

Deno.test("what one may do in a group is what the server lets one do", () => {
  const settings = { isPublic: false, allowInvites: false, maxParticipants: 100, messageRetention: 0 };
  assertEquals(mayAdd({ role: "member", settings }), false);
  assertEquals(mayAdd({ role: "moderator", settings }), true);
  assertEquals(mayAdd({ role: "member", settings: { ...settings, allowInvites: true } }), true);
  assertEquals([mayRemove("admin", "admin"), mayRemove("moderator", "member")], [true, true]);
  assertEquals([mayRemove("moderator", "moderator"), mayRemove("member", "member")], [false, false]);
  assertEquals(rolesFor("admin", "member"), ["admin", "moderator"]);
  assertEquals(rolesFor("moderator", "member"), []);
});
