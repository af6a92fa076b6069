import { assertEquals } from "@std/assert";
import { count, pageQuery } from "../../src/http/schema.ts";
import { startServer } from "../support/server.ts";

/** What `Number` takes for a number, and is none that a client should send. */
const ODD = [
  "1e1",
  "+5",
  " 5",
  "5 ",
  "0x10",
  "0b11",
  "5.0",
  ".5",
  "-0",
  "-1",
  "٥",
  "1_0",
  "Infinity",
  "NaN",
  "",
];

Deno.test("a count is decimal digits and nothing else, within its bounds", () => {
  const schema = count(1, 100);
  for (const odd of ODD) assertEquals(schema.safeParse(odd).success, false, JSON.stringify(odd));
  for (const [text, number] of [["1", 1], ["100", 100], ["007", 7]] as const) {
    assertEquals(schema.parse(text), number);
  }
  for (const text of ["0", "101", "9".repeat(400)]) assertEquals(schema.safeParse(text).success, false, text);
  const open = count(0);
  assertEquals(open.parse(String(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  assertEquals(open.safeParse(String(Number.MAX_SAFE_INTEGER + 1)).success, false);
  assertEquals(pageQuery.parse({}), { limit: 50 });
});

Deno.test("every list and every page refuses a count that is written in another way", async () => {
  await using server = await startServer();
  const [ann] = await server.users("ann");
  const conversationId = await server.group(ann, []);
  const history = `/api/messages/conversation/${conversationId}`;
  const paths = [
    ...["/api/conversations?limit", "/api/users?query=a&limit", "/api/users/me/contacts?limit"],
    ...["/api/auth/sessions?limit", `/api/uploads?conversationId=${conversationId}&limit`],
    ...["limit", "page", "before", "after", "around", "after=1&cursor"].map((name) => `${history}?${name}`),
  ];
  for (const path of paths) {
    assertEquals((await server.call(ann, `GET ${path}=5`)).status, 200, path);
    for (const odd of ["1e1", "%2B5", "%205", "0x10"]) {
      const { status, body } = await server.call(ann, `GET ${path}=${odd}`);
      assertEquals([status, body.code], [400, "invalid_request"], `${path}=${odd}`);
    }
  }
});
