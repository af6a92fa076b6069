import { assertEquals } from "@std/assert";
import { send } from "../../src/modules/messages/send.ts";
import { codeOf, openWorld, testUploads } from "./messages_support.ts";

Deno.test("send() keeps any Unicode as it was sent", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const texts = [
    "مرحبا بالعالم",
    "नमस्ते दुनिया",
    "こんにちは世界",
    "👩🏻‍❤️‍💋‍👩🏿 family 👨‍👩‍👧‍👦",
    "e\u0301 \u00e9",
    "nul \u0000 end",
    "\u202eright to left\u202c \u200f",
    "  spaces\n\ttabs \r\n ",
    " ",
    '<b>&amp;</b> \\ud800 "quoted"',
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
  ];
  for (const [i, text] of texts.entries()) {
    const made = await world.call(ann, "POST", "", {
      conversationId,
      clientId: `${i}é\u0000`,
      content: text,
    });
    assertEquals([made.status, made.body.content.text, made.body.clientId], [201, text, `${i}é\u0000`]);
  }
  const { body } = await world.call(ann, "GET", `/conversation/${conversationId}`);
  assertEquals(body.messages.map((message: { content: { text: string } }) => message.content.text), texts);
});

Deno.test("send() takes texts of 1 to 8,000 code points", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  for (const text of ["x", "x".repeat(8_000), "𝔘".repeat(8_000)]) await world.send(ann, id, text);
  for (const text of ["", "x".repeat(8_001), "𝔘".repeat(8_001)]) {
    assertEquals(await codeOf(world.send(ann, id, text)), "invalid_request");
    assertEquals(await codeOf(world.send(ann, id, { type: "text", text })), "invalid_request");
  }
  assertEquals(await codeOf(world.send(ann, id, { type: "text" })), "invalid_request");
});

Deno.test("send() takes clientIds of 1 to 64 characters", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const statusOf = async (clientId: unknown) =>
    (await world.call(ann, "POST", "", { conversationId, clientId, content: "x" })).status;
  assertEquals(await Promise.all(["x", "x".repeat(64), "𝔘".repeat(64)].map(statusOf)), [201, 201, 201]);
  assertEquals(
    await Promise.all(["", "x".repeat(65), "𝔘".repeat(65), null, undefined, 7].map(statusOf)),
    [400, 400, 400, 400, 400, 400],
  );
});

Deno.test("POST names the field that is wrong", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const body = { conversationId: await world.group(ann), clientId: "c", content: "x" };
  const wrong: [object, string][] = [
    [{ conversationId: "no id!" }, "conversationId"],
    [{ clientId: 7 }, "clientId"],
    [{ content: { type: "system", text: "x" } }, "content.type"],
    [{ content: { type: "text", text: 7 } }, "content.text"],
    [{ content: { type: "text", text: "" } }, "content.text"],
    [{ content: { type: "emoji", text: "no" } }, "content.text"],
    [{ content: { type: "image" } }, "content.metadata.uploadId"],
    [{ content: { type: "file", metadata: { uploadId: {} } } }, "content.metadata.uploadId"],
    [{ content: 7 }, "content"],
    [{ content: ["x"] }, "content"],
    [{ replyTo: {} }, "replyTo"],
  ];
  for (const [part, field] of wrong) {
    const { status, body: problem } = await world.call(ann, "POST", "", { ...body, ...part });
    assertEquals([status, problem.code, problem.errors[0].field], [400, "invalid_request", field]);
  }
  const lone = `{"conversationId":"${body.conversationId}","clientId":"c","content":"\\ud800"}`;
  assertEquals((await world.call(ann, "POST", "", lone)).body.errors[0].field, "content");
});

Deno.test("send() keeps no metadata that a client adds to a text", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const metadata = {
    systemType: "user_left",
    imageUrl: "https://example.org",
    __proto__: null,
    uploadId: "u",
  };
  const content = { type: "text", text: "x", metadata };
  const made = await world.call(ann, "POST", "", { conversationId, clientId: "c", content });
  assertEquals(made.body.content, { type: "text", text: "x" });
  assertEquals((await world.record(made.body.id)).content.metadata, {});
});

Deno.test("send() types a text of emoji alone as emoji, however it was sent", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  const sent = [
    await world.send(ann, id, "🎉👩🏻‍❤️‍💋‍👩🏿"),
    await world.send(ann, id, { type: "text", text: "🎉" }),
    await world.send(ann, id, { type: "emoji", text: "🎉" }),
    await world.send(ann, id, "🎉 !"),
  ];
  assertEquals(sent.map(({ content }) => content.type), ["emoji", "emoji", "emoji", "text"]);
});

Deno.test("send() refuses pictures and files where there are no uploads", async () => {
  await using world = await openWorld();
  const ann = world.people.add("ann");
  const id = await world.group(ann);
  for (const type of ["image", "file"] as const) {
    assertEquals(
      await codeOf(world.send(ann, id, { type, metadata: { uploadId: "u1" } })),
      "invalid_request",
    );
  }
  assertEquals((await world.head(id)).seq, 0);
});

Deno.test("send() takes the metadata of a picture from its upload, and once only", async () => {
  const asked: unknown[] = [];
  const uploads = testUploads((wanted) => {
    asked.push(wanted);
    if (asked.length > 1) return Promise.reject(new Error("used already"));
    const metadata = { imageUrl: `/u/${wanted.uploadId}`, imageSize: 9 };
    return Promise.resolve({ metadata, until: Infinity });
  });
  await using world = await openWorld({ uploads });
  const ann = world.people.add("ann");
  const conversationId = await world.group(ann);
  const content = { type: "image" as const, metadata: { uploadId: "u1" } };
  const body = { conversationId, clientId: "c", content };
  const { message } = await send(world.messages, ann, body);
  assertEquals(message.content, { type: "image", text: "", metadata: { imageUrl: "/u/u1", imageSize: 9 } });
  assertEquals((await send(world.messages, ann, body)).message, message);
  const wanted = { type: "image", uploadId: "u1", senderId: ann, clientId: "c", conversationId };
  assertEquals(asked[0], { ...wanted, waveform: null });
});
