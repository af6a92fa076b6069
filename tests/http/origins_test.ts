import { assertEquals } from "@std/assert";
import { origins } from "../../src/http/origins.ts";

const own = "http://chat.example:3000/ws";

Deno.test("no origin is no browser, and is allowed", () => {
  assertEquals(origins([]).allows(null, own), true);
});

Deno.test("the service's own origin is allowed, whether TLS ends here or at a proxy", () => {
  assertEquals(origins([]).allows("http://chat.example:3000", own), true);
  assertEquals(origins([]).allows("https://chat.example:3000", own), true);
  assertEquals(origins([]).allows("https://chat.example", "http://chat.example/ws"), true);
});

Deno.test("another host, another port and an opaque origin are refused", () => {
  for (
    const origin of [
      "http://chat.example",
      "http://evil.example:3000",
      "null",
      "",
      "http://chat.example:3000.evil",
    ]
  ) {
    assertEquals(origins([]).allows(origin, own), false);
  }
});

Deno.test("configured origins are compared whole; a star allows all", () => {
  const some = origins(["https://app.example"]);
  assertEquals(some.allows("https://app.example", own), true);
  assertEquals(some.allows("http://app.example", own), false);
  assertEquals(some.allows("https://app.example.evil", own), false);
  assertEquals(origins(["*"]).allows("https://whoever.example", own), true);
});
