import { assert, assertEquals } from "@std/assert";
import { Parser } from "@asyncapi/parser";
import { CLOSE } from "../../src/realtime/protocol.ts";
import { brokenReferences, Judge } from "../support/judge.ts";
import type { Document } from "../support/judge.ts";
import { parseTables, tableWith } from "../support/markdown.ts";
import { startServer } from "../support/server.ts";
import { connectLive } from "../support/socket.ts";
import { tellStory } from "./socket_story.ts";
import type { Heard } from "./socket_story.ts";

/** What the whole service publishes of its socket. */
async function published(): Promise<Document> {
  await using server = await startServer();
  return await server.ok(undefined, "GET /asyncapi.json");
}

/** The messages that an operation's references lead to. */
function messagesOf(document: Document, references: Document[] = []): Document[] {
  return references.map(({ $ref }) => document.components.messages[$ref.split("/").at(-1)]);
}

/** The operations by which the server takes commands. */
function commandsOf(document: Document): Document[] {
  return Object.values<Document>(document.operations).filter(({ action }) => action === "receive");
}

/** The messages that may be what was heard: the answers to a command, or the pushes of that event. */
function candidates(document: Document, { received, answers }: Heard): Document[] {
  const own = answers === undefined
    ? document.operations[`server.${received.event}`]?.messages
    : document.operations[`client.${answers}`]?.reply.messages;
  const named = messagesOf(document, own).filter(({ name }) => name === received.event);
  return received.event === "error" ? [document.components.messages["server.error"]] : named;
}

Deno.test("the document is valid AsyncAPI 3.0 to the official parser, and refers to what is there", async () => {
  const document = await published();
  assertEquals(brokenReferences(document), []);
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  const wrong = diagnostics.filter(({ severity, code }) =>
    severity < 2 && code !== "asyncapi-latest-version"
  );
  assertEquals(wrong.map(({ path, message }) => `${path.join(".")}: ${message}`), []);
  assertEquals(document.asyncapi, "3.0.0");
});

Deno.test("every message has an example that its schema takes", async () => {
  const document = await published();
  const judge = new Judge(document);
  const messages = Object.entries<Document>(document.components.messages);
  const wrong = messages.flatMap(([name, { payload, examples }]) =>
    examples.flatMap((example: Document) =>
      judge.faults(payload, example.payload).map((fault) => `${name}: ${fault}`)
    )
  );
  assertEquals(wrong, []);
  assertEquals(messages.filter(([, { examples }]) => examples.length === 0), []);
  assert(messages.length > 40, `only ${messages.length} messages were found`);
});

Deno.test("every command says what it is, how it is answered, what it may fail with and what it counts on", async () => {
  const document = await published();
  for (const operation of commandsOf(document)) {
    assert(operation.summary && operation.description, operation.title);
    const answers = messagesOf(document, operation.reply.messages).map(({ name }) => name);
    assert(answers.includes("error"), operation.title);
    const codes = operation["x-errors"].map(({ code }: Document) => code);
    assert(codes.includes("invalid_request") && codes.includes("rate_limited"), operation.title);
    assert(["messages", "commands"].includes(operation["x-limit"]), operation.title);
  }
});

Deno.test("the server takes every command that is given as an example", async () => {
  const document = await published();
  await using server = await startServer();
  const [ann] = await server.users("ann");
  using socket = await connectLive(server.url, ann);
  for (const operation of commandsOf(document)) {
    const codes = operation["x-errors"].map(({ code }: Document) => code);
    for (const { examples } of messagesOf(document, operation.messages)) {
      const [{ payload: { event, data } }] = examples;
      const id = socket.tell(event, data);
      // What is not answered fails all the same: there is no such conversation.
      const answer = await socket.answer(id);
      if (answer.event !== "error") continue;
      assert(answer.error.code !== "invalid_request", `${event}: ${JSON.stringify(answer.error)}`);
      assert(codes.includes(answer.error.code), `${event} does not say ${answer.error.code}`);
    }
  }
});

Deno.test("everything that a server says is as the document has it, and nothing of the document is unsaid", async () => {
  const document = await published();
  const judge = new Judge(document);
  const heard = await tellStory();
  const wrong = heard.flatMap((one) => {
    const fitting = candidates(document, one);
    if (fitting.length === 0) return [`${one.answers ?? "nothing"} -> ${one.received.event} is not there`];
    const faults = fitting.map(({ payload }) => judge.faults(payload, one.received));
    return faults.some((list) => list.length === 0)
      ? []
      : faults.flat().map((f) => `${one.received.event}: ${f}`);
  });
  assertEquals(wrong, []);
  const said = new Set(heard.flatMap((one) => candidates(document, one)));
  const unsaid = Object.entries<Document>(document.components.messages)
    .filter(([name, message]) => name.startsWith("server.") && !said.has(message)).map(([name]) => name);
  assertEquals(unsaid, []);
});

Deno.test("what is kept stands with its conversation and rev, what passes with its conversation alone", async () => {
  const { components: { messages } } = await published();
  const scopeOf = (name: string) =>
    Object.keys(messages[name].payload.properties).filter((member) => /^(conversationId|rev)$/.test(member));
  assertEquals(scopeOf("server.new_message"), ["conversationId", "rev"]);
  assertEquals(scopeOf("server.sync"), ["conversationId", "rev"]);
  assertEquals(scopeOf("server.user_typing"), ["conversationId"]);
  assertEquals(scopeOf("server.user_online"), []);
});

Deno.test("the document names every close code, and which are worth a retry", async () => {
  const document = await published();
  const shown = document["x-close-codes"].map((
    { code, retry, meaning }: Document,
  ) => [code, retry, !!meaning]);
  assertEquals(shown, Object.values(CLOSE).map(({ code, retry }) => [code, retry, true]));
});

Deno.test("README shows the close codes as they are in the code", async () => {
  const table = tableWith(parseTables(await Deno.readTextFile("README.md")), "code", "come back");
  assertEquals(table.map((row) => Number(row.code)), Object.values(CLOSE).map(({ code }) => code));
  const retried = table.filter((row) => row["come back"]?.startsWith("yes")).map((row) => Number(row.code));
  assertEquals(retried, Object.values(CLOSE).filter(({ retry }) => retry).map(({ code }) => code));
});
