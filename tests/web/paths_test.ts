import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { APP_PATHS, parsePath, pathOf, SETTINGS } from "../../src/web/paths.ts";
import type { Route } from "../../src/web/paths.ts";

Deno.test("parsePath() leads back from pathOf(), for every place", () => {
  const id = fc.stringMatching(/^[\w-]{1,128}$/);
  const place = fc.oneof<fc.Arbitrary<Route>[]>(
    fc.constant({ screen: "home" }),
    id.map((id) => ({ screen: "conversation", id })),
    fc.tuple(id, fc.integer({ min: 1 })).map(([id, seq]) => ({ screen: "conversation", id, seq })),
    fc.constant({ screen: "settings" }),
    fc.constantFrom(...SETTINGS).map((section) => ({ screen: "settings", section })),
  );
  fc.assert(fc.property(place, (route) => assertEquals(parsePath(pathOf(route)), route)));
});

Deno.test("parsePath() takes a path that names no place for home, and a place without sense for none", () => {
  for (const path of ["/", "/c", "/c/", "/c/a.b", "/elsewhere", "/settings.html", `/c/${"x".repeat(129)}`]) {
    assertEquals(parsePath(path), { screen: "home" }, path);
  }
  for (const place of ["0", "-1", "1e3", "x", "01", "1".repeat(16)]) {
    assertEquals(parsePath(`/c/abc/${place}`), { screen: "conversation", id: "abc" }, place);
  }
  assertEquals(parsePath("/settings/nothing"), { screen: "settings" });
});

Deno.test("the server knows every path that the app makes", () => {
  const patterns = APP_PATHS.map((path) => new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`));
  const routes: Route[] = [
    { screen: "home" },
    { screen: "conversation", id: "abc" },
    { screen: "conversation", id: "abc", seq: 12 },
    { screen: "settings" },
    ...SETTINGS.map((section): Route => ({ screen: "settings", section })),
  ];
  assertEquals(routes.map(pathOf).filter((path) => !patterns.some((pattern) => pattern.test(path))), []);
});
