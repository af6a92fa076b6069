import { ParleyError } from "../../kernel/errors.ts";
import type { Conversation, MessageContent } from "../../order/records.ts";
import type { ContentRequest } from "./content.ts";
import { mentionedNames } from "./mentions.ts";
import type { Messages, People } from "./service.ts";

type Metadata = MessageContent["metadata"];

const NO_METADATA: Metadata = {};
const NOBODY: readonly string[] = [];

/** What a new message needs from outside its conversation; looked up anew for each attempt to commit it. */
export class Lookup {
  /** The users whom the text names; members or not. */
  mentioned: readonly string[] = NOBODY;
  metadata: Metadata = NO_METADATA;
  /** When it is too late to make the message of this, in milliseconds since 1970. */
  until = Infinity;
  /** Why nothing new can be said; a retry is answered all the same. */
  refusal: unknown;
  readonly #messages: Messages;
  readonly #userId: string;
  readonly #clientId: string;
  readonly #request: ContentRequest;
  readonly #names: readonly string[];

  constructor(messages: Messages, userId: string, clientId: string, request: ContentRequest) {
    this.#messages = messages;
    this.#userId = userId;
    this.#clientId = clientId;
    this.#request = request;
    this.#names = mentionedNames(request.text);
  }

  /** Whether there is anything to look up: most messages of groups need nothing. */
  neededIn(conversationId: string): boolean {
    return this.#names.length > 0 || this.#request.uploadId !== null ||
      !this.#messages.directs.isGroup(conversationId);
  }

  /** Looks everything up and answers the users whom the text names. */
  async run(head: Conversation): Promise<readonly string[]> {
    this.refusal = undefined;
    try {
      [this.mentioned] = await Promise.all([
        usersNamed(this.#messages.people, this.#names),
        checkBlocks(this.#messages, head, this.#userId),
      ]);
      // Last, since what is claimed here is not free for another message.
      await this.#claim(head);
    } catch (error) {
      this.refusal = error;
    }
    return this.mentioned;
  }

  async #claim({ id }: Conversation): Promise<void> {
    const { uploadId, type, waveform } = this.#request;
    if (uploadId === null || (type !== "image" && type !== "file")) return;
    const { uploads } = this.#messages;
    if (!uploads) {
      const errors = [{ field: "content.type", message: "Uploads are not available" }];
      throw new ParleyError("invalid_request", undefined, { errors });
    }
    const [senderId, clientId] = [this.#userId, this.#clientId];
    const wanted = { type, uploadId, senderId, clientId, conversationId: id, waveform };
    const { metadata, until } = await uploads.claim(wanted);
    this.metadata = metadata;
    this.until = until;
  }
}

/** Throws `forbidden` in the direct conversation of two of whom one has blocked the other. */
async function checkBlocks(
  { directs, people }: Messages,
  head: Conversation,
  userId: string,
): Promise<void> {
  const other = await directs.other(head, userId);
  if (other !== undefined && await people.blocked(userId, other)) throw new ParleyError("forbidden");
}

/** The refusal of `checkBlocks`, to be thrown where the caller really says something. */
export async function refusalIn(messages: Messages, head: Conversation, userId: string): Promise<unknown> {
  return await checkBlocks(messages, head, userId).catch((error: unknown) => error);
}

/** The ids of users by their names; unknown names are left out. */
export async function usersNamed(people: People, names: readonly string[]): Promise<readonly string[]> {
  return names.length === 0 ? NOBODY : [...(await people.byUsernames(names)).values()];
}
