import { ERRORS } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import type { Json } from "../kernel/schema_book.ts";
import { SOCKET_GUIDE } from "./asyncapi_guide.ts";
import { FAILURE, MessageBook } from "./asyncapi_messages.ts";
import { CLOSE, SUBPROTOCOL } from "./protocol.ts";
import type { PushDoc } from "./pushes.ts";
import type { DescribedCommand } from "./session.ts";

/** What the socket's description is made of. */
export interface SocketDocs {
  readonly title: string;
  readonly version: string;
  /** Everything that clients may send, by its event. */
  readonly commands: ReadonlyMap<string, DescribedCommand>;
  /** Everything that the server sends of its own accord. */
  readonly pushes: readonly PushDoc[];
}

/**
 * The AsyncAPI 3.0 document of the socket, from the schemas that validate its commands. The application that it
 * describes is the server: a command is an operation that it receives, with the answers as its reply; a push is one
 * that it sends. `x-errors` are the codes that a command may fail with, `x-limit` what it counts on, `x-close-codes`
 * why a connection ends.
 */
export function asyncApiDocument({ title, version, commands, pushes }: SocketDocs): Json {
  const book = new MessageBook();
  const received = [...commands].map(([event, command]) =>
    [`client.${event}`, receive(book, event, command)] as const
  );
  const sent = pushes.map((push) => [`server.${push.event}`, send(book, push)] as const);
  return {
    asyncapi: "3.0.0",
    info: { title, version, description: SOCKET_GUIDE, license: { name: "MIT" } },
    defaultContentType: "application/json",
    servers: { tls: server("wss"), plain: server("ws") },
    channels: { socket: channel(book) },
    operations: Object.fromEntries([...received, ...sent]),
    components: { schemas: book.schemas, messages: book.messages, securitySchemes: SECURITY },
    "x-close-codes": Object.values(CLOSE),
  };
}

const SECURITY = {
  accessToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "For programs: `Authorization: Bearer <access token>` with the upgrade",
  },
  ticket: {
    type: "httpApiKey",
    in: "header",
    name: "Sec-WebSocket-Protocol",
    description:
      `For browsers: \`${SUBPROTOCOL}, ticket.<value>\`, with a ticket of \`POST /api/auth/ws-ticket\``,
  },
};

function server(protocol: "ws" | "wss"): Json {
  return {
    host: "{host}",
    protocol,
    variables: { host: { default: "localhost:3000", description: "Where this document was found" } },
    security: Object.keys(SECURITY).map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
  };
}

function channel(book: MessageBook): Json {
  const names = Object.keys(book.messages);
  return {
    address: "/ws",
    title: "The socket",
    description: "Text frames, each of one or more JSON envelopes, one a line.",
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { ws: { method: "GET", bindingVersion: "0.1.0" } },
  };
}

const CHANNEL = { $ref: "#/channels/socket" };

function inChannel(name: string): Json {
  return { $ref: `#/channels/socket/messages/${name}` };
}

/** What any command may fail with. */
const COMMON: readonly ErrorCode[] = [
  "invalid_request",
  "rate_limited",
  "overloaded",
  "internal",
  "store_unavailable",
];

function receive(book: MessageBook, event: string, command: DescribedCommand): Json {
  const { summary, description, answers, errors = [], early, budget } = command;
  const replies = [...answers.map((answer) => book.answer(event, answer)), FAILURE];
  const codes = [...errors, ...(early ? [] : ["not_resumed"] as const), ...COMMON];
  return {
    action: "receive",
    channel: CHANNEL,
    title: event,
    summary,
    ...(description && { description }),
    messages: [inChannel(book.command(event, command))],
    reply: { channel: CHANNEL, messages: replies.map(inChannel) },
    "x-limit": budget ?? "commands",
    "x-errors": codes.map((code) => ({
      code,
      meaning: ERRORS[code].title,
      retryable: ERRORS[code].retryable,
    })),
  };
}

function send(book: MessageBook, push: PushDoc): Json {
  const { event, summary, description } = push;
  return {
    action: "send",
    channel: CHANNEL,
    title: event,
    summary,
    ...(description && { description }),
    messages: [inChannel(book.push(push))],
  };
}
