import { assertEquals } from "@std/assert";
import { startServer } from "../support/server.ts";
import { connectLive } from "../support/socket.ts";

Deno.test("a removed member is told so, and gets nothing that is later", async () => {
  await using server = await startServer();
  const [ann, ben] = await server.users("ann", "ben");
  const id = await server.group(ann, [ben]);
  using a = await connectLive(server.url, ann);
  using b = await connectLive(server.url, ben);
  await server.call(ann, `DELETE /api/conversations/${id}/participants/${ben.id}`);
  const { rev } = await b.next("conversation_removed");
  await server.send(ann, id, "without him");
  await a.next("new_message", ({ data }) => data.content.text === "without him");
  await b.caughtUp();
  assertEquals(b.unseen, []);
  assertEquals((await a.next("conversation_updated")).rev, rev);
  assertEquals(
    await b.code("send_message", { conversationId: id, clientId: "1", content: "hi" }),
    "not_found",
  );
});
