import { ChatState } from "./chat_state.ts";
import type { KeptChat } from "./chat_state.ts";
import { provisional } from "./local_messages.ts";
import type { Link } from "./link.ts";
import { newClientId } from "./outbox.ts";
import type { Joined } from "./protocol.ts";
import type { RouteAnswer, RouteInput, RouteName } from "./routes.ts";
import type { Services } from "./services.ts";
import type { Fetch } from "./timeline.ts";
import type {
  ArrivingFile,
  Conversation,
  FileOptions,
  LocalMessage,
  Receipt,
  SendOptions,
  UploadOptions,
} from "./types.ts";
import { Passing } from "./passing.ts";
import { contentOf } from "./uploads_content.ts";
import type { ContentInput, Participant, Role, Upload } from "./wire.ts";

/** The server forgets who says nothing for 6 s. */
const TYPING_AGAIN_MS = 3_000;
const LONG_AGO = -Infinity;
/** A file of which nothing is heard for so long does not come. */
const ARRIVING_ENDS_MS = 15_000;

/** One conversation, and what the user does with it. */
export class Chat extends ChatState implements Conversation {
  readonly #services: Services;
  readonly #fetch: Fetch;
  readonly #arriving: Passing<ArrivingFile>;
  readonly #path: { readonly id: string };
  #opened = 0;
  #typedAt = LONG_AGO;

  constructor(services: Services, kept: KeptChat) {
    super(services, kept);
    this.#services = services;
    const conversationId = this.id;
    const onArriving = () => services.changed("uploads", conversationId);
    this.#arriving = new Passing(services.clock, ARRIVING_ENDS_MS, onArriving);
    this.#path = { id: conversationId };
    this.#fetch = async (query) => {
      const call = { params: { conversationId }, query };
      return (await services.request("GET /api/messages/conversation/:conversationId", call)).messages;
    };
  }

  get participants(): readonly Participant[] {
    return this.members.participants;
  }

  get receipts(): ReadonlyMap<string, Receipt> {
    return this.members.receipts;
  }

  get typing(): readonly string[] {
    return this.typists.all;
  }

  get arriving(): readonly ArrivingFile[] {
    return this.#arriving.all;
  }

  get hasOlder(): boolean {
    return this.timeline.hasOlder;
  }

  get hasNewer(): boolean {
    return this.timeline.hasNewer;
  }

  loadOlder(limit?: number): Promise<void> {
    return this.#loaded(this.timeline.older(this.#fetch, limit));
  }

  loadNewer(limit?: number): Promise<void> {
    return this.#loaded(this.timeline.newer(this.#fetch, limit));
  }

  loadNewest(): Promise<void> {
    return this.#loaded(this.timeline.latest(this.#fetch));
  }

  loadAround(seq: number): Promise<void> {
    return this.#loaded(this.timeline.around(this.#fetch, seq));
  }

  open(): () => void {
    this.isOpen = true;
    if (++this.#opened === 1) this.refresh();
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      if (--this.#opened === 0) this.#leave();
    };
  }

  /** Loads what is missing, and what only an open conversation has, over the line that there is now. */
  refresh(): void {
    const { line, background } = this.#services;
    if (this.isUntold) background(this.tellMissed(() => this.loadNewest()));
    if (!line || !this.isOpen) return;
    this.#typedAt = LONG_AGO;
    background(this.#join(line));
    if (!this.hasNewer) background(this.loadNewest());
    if (this.membersOutdated) background(this.#loadMembers());
  }

  send(
    content: string | ContentInput,
    { replyTo, clientId = newClientId() }: SendOptions = {},
  ): LocalMessage {
    const { outbox, me, clock } = this.#services;
    const shown = typeof content === "string" ? { type: "text" as const, text: content } : content;
    const message = provisional(me, this.id, clientId, shown, clock.now(), replyTo);
    this.setTyping(false);
    return outbox.add({ conversationId: this.id, clientId, content, message, replyTo: replyTo?.id });
  }

  async upload(file: Blob, options: UploadOptions = {}): Promise<Upload> {
    const { upload } = await import("./uploads.ts");
    return await upload(this.#services, this, file, options);
  }

  sendUpload(upload: Upload, options: FileOptions = {}): LocalMessage {
    return this.send(contentOf(upload, options), options);
  }

  async sendFile(file: Blob, options: FileOptions & UploadOptions = {}): Promise<LocalMessage> {
    return this.sendUpload(await this.upload(file, options), options);
  }

  retry(clientId: string): void {
    this.#services.outbox.retry(this.id, clientId);
  }

  discard(clientId: string): void {
    this.#services.outbox.remove(this.id, (local) => local.clientId === clientId && local.state === "failed");
  }

  async edit(messageId: string, text: string): Promise<void> {
    const { data } = await this.#ask("PUT /api/messages/:id", { id: messageId }, { content: text });
    this.learnMessage(data);
  }

  async delete(messageId: string): Promise<void> {
    await this.#ask("DELETE /api/messages/:id", { id: messageId });
  }

  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    await this.#ask("POST /api/messages/:id/reactions", { id: messageId }, { emoji, on });
  }

  async pin(messageId: string, on: boolean): Promise<void> {
    this.learnMessage(await this.#ask(`${on ? "PUT" : "DELETE"} /api/messages/:id/pin`, { id: messageId }));
  }

  setTyping(isTyping: boolean): void {
    const now = this.#services.clock.now();
    if (isTyping ? now - this.#typedAt < TYPING_AGAIN_MS : this.#typedAt === LONG_AGO) return;
    this.#typedAt = isTyping ? now : LONG_AGO;
    this.#services.line?.tell(isTyping ? "typing_start" : "typing_stop", { conversationId: this.id });
  }

  async update(body: RouteInput<"PATCH /api/conversations/:id">["body"]): Promise<void> {
    this.learn(await this.#ask("PATCH /api/conversations/:id", this.#path, body));
  }

  async leave(): Promise<void> {
    await this.#ask("POST /api/conversations/:id/leave", this.#path);
    this.#services.left(this.id);
  }

  async delete_(): Promise<void> {
    await this.#ask("DELETE /api/conversations/:id", this.#path);
    this.#services.left(this.id);
  }

  async addParticipant(userId: string, role: Role = "member"): Promise<void> {
    await this.#ask("POST /api/conversations/:id/participants", this.#path, { userId, role });
  }

  async removeParticipant(userId: string): Promise<void> {
    await this.#ask("DELETE /api/conversations/:id/participants/:userId", { ...this.#path, userId });
  }

  async setRole(userId: string, role: Role): Promise<void> {
    await this.#ask("PATCH /api/conversations/:id/participants/:userId", { ...this.#path, userId }, { role });
  }

  /** Takes in what another one tells of a file. */
  fileTold(file: ArrivingFile): void {
    const { userId, uploadId, progress } = file;
    if (userId === this.#services.me.id) return;
    this.#arriving.set(`${userId} ${uploadId}`, progress < 100 ? { userId, uploadId, progress } : undefined);
  }

  /** What only a line keeps true is no longer known. */
  forgetPassing(): void {
    this.typists.clear();
    this.#arriving.clear();
  }

  async #loaded(loading: Promise<void>): Promise<void> {
    await loading;
    this.#services.changed("messages", this.id);
    this.#services.keep(this.id);
  }

  #leave(): void {
    this.setTyping(false);
    this.#services.line?.tell("leave_conversation", { conversationId: this.id });
    this.closed();
  }

  /** One call of REST about this conversation. */
  #ask<R extends RouteName>(route: R, params: object, body?: unknown): Promise<RouteAnswer<R>> {
    return this.#services.call(route, { params: params as Record<string, string>, body }) as Promise<
      RouteAnswer<R>
    >;
  }

  async #join(line: Link): Promise<void> {
    const joined = await line.ask<Joined>("join_conversation", { conversationId: this.id });
    this.joined(joined);
    this.#services.present(joined.presence);
  }

  async #loadMembers(): Promise<void> {
    this.membersOutdated = false;
    try {
      this.learn(await this.#ask("GET /api/conversations/:id", this.#path));
    } catch (error) {
      this.membersOutdated = true;
      throw error;
    }
  }
}
