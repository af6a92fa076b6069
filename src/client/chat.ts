import { ChatState } from "./chat_state.ts";
import type { KeptChat } from "./chat_state.ts";
import { provisional } from "./local_messages.ts";
import type { Link } from "./link.ts";
import { newClientId } from "./outbox.ts";
import type { Joined } from "./protocol.ts";
import type { RouteInput } from "./routes.ts";
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
import { Arriving } from "./uploads_arriving.ts";
import { contentOf } from "./uploads_content.ts";
import type { ContentInput, Participant, Role, Upload } from "./wire.ts";

/** The server forgets who says nothing for 6 s. */
const TYPING_AGAIN_MS = 3_000;
const LONG_AGO = -Infinity;

/** One conversation, and what the user does with it. */
export class Chat extends ChatState implements Conversation {
  readonly #services: Services;
  readonly #fetch: Fetch;
  readonly #arriving: Arriving;
  readonly #path: { readonly params: { readonly id: string } };
  #opened = 0;
  #typedAt = LONG_AGO;

  constructor(services: Services, kept: KeptChat) {
    super(services, kept);
    this.#services = services;
    const conversationId = this.id;
    this.#arriving = new Arriving(services.clock, () => services.changed("uploads", conversationId));
    this.#path = { params: { id: conversationId } };
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
    return this.typists.ids;
  }

  get arriving(): readonly ArrivingFile[] {
    return this.#arriving.files;
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
    return outbox.add({
      conversationId: this.id,
      clientId,
      content,
      message,
      ...(replyTo && { replyTo: replyTo.id }),
    });
  }

  async upload(file: Blob, options: UploadOptions = {}): Promise<Upload> {
    const { upload } = await import("./uploads.ts");
    return await upload(this.#services, this, file, options);
  }

  sendUpload(upload: Upload, { text = "", ...options }: FileOptions = {}): LocalMessage {
    return this.send(contentOf(upload, text), options);
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
    const call = { params: { id: messageId }, body: { content: text } };
    this.learnMessage((await this.#services.request("PUT /api/messages/:id", call)).data);
  }

  async delete(messageId: string): Promise<void> {
    await this.#services.request("DELETE /api/messages/:id", { params: { id: messageId } });
  }

  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    const call = { params: { id: messageId }, body: { emoji, on } };
    await this.#services.request("POST /api/messages/:id/reactions", call);
  }

  async pin(messageId: string, on: boolean): Promise<void> {
    const route = on ? "PUT /api/messages/:id/pin" : "DELETE /api/messages/:id/pin";
    this.learnMessage(await this.#services.request(route, { params: { id: messageId } }));
  }

  setTyping(isTyping: boolean): void {
    const now = this.#services.clock.now();
    if (isTyping ? now - this.#typedAt < TYPING_AGAIN_MS : this.#typedAt === LONG_AGO) return;
    this.#typedAt = isTyping ? now : LONG_AGO;
    this.#services.line?.tell(isTyping ? "typing_start" : "typing_stop", { conversationId: this.id });
  }

  async update(body: RouteInput<"PATCH /api/conversations/:id">["body"]): Promise<void> {
    this.learn(await this.#services.request("PATCH /api/conversations/:id", { ...this.#path, body }));
  }

  async leave(): Promise<void> {
    await this.#services.request("POST /api/conversations/:id/leave", this.#path);
    this.#services.left(this.id);
  }

  async delete_(): Promise<void> {
    await this.#services.request("DELETE /api/conversations/:id", this.#path);
    this.#services.left(this.id);
  }

  async addParticipant(userId: string, role: Role = "member"): Promise<void> {
    const call = { ...this.#path, body: { userId, role } };
    await this.#services.request("POST /api/conversations/:id/participants", call);
  }

  async removeParticipant(userId: string): Promise<void> {
    const params = { id: this.id, userId };
    await this.#services.request("DELETE /api/conversations/:id/participants/:userId", { params });
  }

  async setRole(userId: string, role: Role): Promise<void> {
    const call = { params: { id: this.id, userId }, body: { role } };
    await this.#services.request("PATCH /api/conversations/:id/participants/:userId", call);
  }

  /** Takes in what another one tells of a file. */
  fileTold(file: ArrivingFile): void {
    if (file.userId !== this.#services.me.id) this.#arriving.take(file);
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

  async #join(line: Link): Promise<void> {
    const joined = await line.ask<Joined>("join_conversation", { conversationId: this.id });
    this.joined(joined);
    this.#services.present(joined.presence);
  }

  async #loadMembers(): Promise<void> {
    this.membersOutdated = false;
    try {
      this.learn(await this.#services.request("GET /api/conversations/:id", this.#path));
    } catch (error) {
      this.membersOutdated = true;
      throw error;
    }
  }
}
