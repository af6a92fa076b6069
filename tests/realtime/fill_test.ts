import { assertEquals } from "@std/assert";
import { readFilling } from "../../src/realtime/fill.ts";
import { openWorld } from "../modules/messages_support.ts";

Deno.test("a large hole is filled in parts, in which the changes of the conversation have their places", async () => {
  await using world = await openWorld();
  const [ann, ben, cyd] = [world.people.add("ann"), world.people.add("ben"), world.people.add("cyd")];
  const id = await world.group(ann, ben, cyd);
  const say = (count: number) =>
    Promise.all(Array.from({ length: count }, () => world.send(ann, id, "text")));
  await world.change(id, cyd, "none");
  await say(298);
  await world.change(id, ben, "none");
  await say(300);
  await world.messages.writer.write(id, { plan: (draft) => draft.changeConversation({ name: "Tea" }) });
  const head = await world.head(id);
  assertEquals(head.rev, 601);
  await world.change(id, ann, "none");

  const parts = [];
  for await (const part of readFilling(world.store, head, 1, new Set([ann, ben, cyd]))) parts.push(part);
  assertEquals(parts.map(({ rev }) => rev), [502, 601]);
  const [first = [], second = []] = parts.map(({ changes }) => changes.map(({ rev }) => rev));
  assertEquals([...first, ...second], Array.from({ length: 600 }, (_, index) => index + 2));
  assertEquals(first.length, 501);
  const own = parts.flatMap(({ changes }) => changes).flatMap((change) =>
    change.event === "conversation" ? [[change.rev, change.members?.removed, change.superseded]] : []
  );
  assertEquals(own, [[300, [ben], true], [601, [], false]]);
});
