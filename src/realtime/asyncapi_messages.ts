import { z } from "zod";
import { ERRORS } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import { SAMPLE } from "../kernel/samples.ts";
import { SchemaBook } from "../kernel/schema_book.ts";
import type { Json } from "../kernel/schema_book.ts";
import type { AnswerDoc } from "./command.ts";
import type { PushDoc } from "./pushes.ts";
import type { DescribedCommand } from "./session.ts";

const ID = z.string().max(64).optional().meta({
  description: "The client's own: the answer carries it",
  examples: ["7"],
});
const CONVERSATION = z.string().meta({ examples: [SAMPLE.conversation] });
const REV = z.number().int().min(0).meta({
  description: "The number of the conversation's change",
  examples: [SAMPLE.rev],
});

/** What is on envelopes beside `event` and `data`. */
const SCOPES = {
  change: { conversationId: CONVERSATION, rev: REV },
  signal: { conversationId: CONVERSATION },
  none: {},
};

const failure = z.object({
  id: ID,
  event: z.literal("error"),
  error: z.object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).meta({ examples: ["rate_limited"] }),
    message: z.string().meta({ description: "For people", examples: [ERRORS.rate_limited.title] }),
    retryable: z.boolean().meta({
      description: "Whether the same command can succeed later",
      examples: [true],
    }),
    retryAfterMs: z.number().min(0).optional().meta({ examples: [1_200] }),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional().meta({
      description: "Every wrong field of an `invalid_request`",
      examples: [],
    }),
  }),
});

/** The name under which the refusal of a command stands. */
export const FAILURE = "server.error";

/** The envelopes that go through the socket, each a message of the document with its schema and an example. */
export class MessageBook {
  readonly #book = new SchemaBook();
  readonly #messages: Record<string, Json> = {};

  constructor() {
    this.#add(FAILURE, "error", "A command failed", failure, "output");
  }

  get schemas(): Readonly<Record<string, Json>> {
    return this.#book.components;
  }

  /** The messages by their names. */
  get messages(): Readonly<Record<string, Json>> {
    return this.#messages;
  }

  /** Adds what the client sends, and answers its name. */
  command(event: string, { summary, data }: DescribedCommand): string {
    const envelope = z.object({
      id: ID,
      event: z.literal(event),
      data: mayBeEmpty(data) ? data.optional() : data,
    });
    return this.#add(`client.${event}`, event, summary, envelope, "input");
  }

  /** Adds what a command is answered with, and answers its name. */
  answer(command: string, { event, data, scope }: AnswerDoc): string {
    const envelope = z.object({ id: ID, event: z.literal(event), ...SCOPES[scope ?? "none"], data });
    return this.#add(`server.${command}.${event}`, event, `Answers \`${command}\``, envelope, "output");
  }

  /** Adds what the server sends of its own accord, and answers its name. */
  push({ event, summary, data, scope }: PushDoc): string {
    const envelope = z.object({ event: z.literal(event), ...SCOPES[scope ?? "none"], data });
    return this.#add(`server.${event}`, event, summary, envelope, "output");
  }

  #add(key: string, name: string, summary: string, envelope: z.ZodType, side: "input" | "output"): string {
    const payload = this.#book.schema(envelope, side);
    const answers = (payload.properties as Json).id !== undefined;
    this.#messages[key] = {
      name,
      title: name,
      summary,
      ...(answers && { correlationId: { location: "$message.payload#/id" } }),
      payload,
      examples: [{ payload: this.#book.example(payload) }],
    };
    return key;
  }
}

function mayBeEmpty(data: z.ZodType): boolean {
  return data.safeParse({}).success;
}
