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
  /** Why nothing new can be said; a retry is answered all the same. */
  refusal: unknown;
  readonly #messages: Messages;
  readonly #userId: string;
  readonly #request: ContentRequest;
  readonly #names: readonly string[];

  constructor(messages: Messages, userId: string, request: ContentRequest) {
    this.#messages = messages;
    this.#userId = userId;
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
      [this.mentioned, this.metadata] = await Promise.all([
        usersNamed(this.#messages.people, this.#names),
        this.#upload(head),
        this.#mayTalk(head),
      ]);
    } catch (error) {
      this.refusal = error;
    }
    return this.mentioned;
  }

  async #upload({ id }: Conversation): Promise<Metadata> {
    const { uploadId } = this.#request;
    if (uploadId === null) return NO_METADATA;
    const { uploads } = this.#messages;
    if (uploads) return await uploads.resolve({ ...this.#request, uploadId }, this.#userId, id);
    const errors = [{ field: "content.type", message: "Uploads are not available" }];
    throw new ParleyError("invalid_request", undefined, { errors });
  }

  async #mayTalk(head: Conversation): Promise<void> {
    const { directs, people } = this.#messages;
    const other = await directs.other(head, this.#userId);
    if (other !== undefined && await people.blocked(this.#userId, other)) throw new ParleyError("forbidden");
  }
}

/** The ids of users by their names; unknown names are left out. */
export async function usersNamed(people: People, names: readonly string[]): Promise<readonly string[]> {
  return names.length === 0 ? NOBODY : [...(await people.byUsernames(names)).values()];
}
