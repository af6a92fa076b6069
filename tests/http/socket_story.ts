import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import type { TestUser } from "../support/rest.ts";
import { connect } from "../support/socket.ts";
import type { Received, TestSocket } from "../support/socket.ts";

/** An envelope that came, and the command that it answers, if any. */
export interface Heard {
  readonly received: Received;
  readonly answers: string | undefined;
}

/** Keeps all that comes to some sockets, each with what it answers. */
class Witness {
  readonly heard: Heard[] = [];

  /** Opens a socket that is listened to. */
  async connect(server: TestServer, user: TestUser): Promise<TestSocket> {
    const socket = await connect(server.url, user);
    const asked = new Map<string, string>();
    const note = (received: Received) => this.heard.push({ received, answers: asked.get(received.id) });
    socket.received.forEach(note);
    socket.onReceived = note;
    const tell = socket.tell.bind(socket);
    socket.tell = (event, data) => {
      const id = tell(event, data);
      asked.set(id, event);
      return id;
    };
    return socket;
  }
}

/**
 * Has a few people do everything that the socket tells of, on a server of their own, and answers all that came: what
 * the server pushes, what it answers, and an error.
 */
export async function tellStory(): Promise<readonly Heard[]> {
  await using server = await startServer();
  const witness = new Witness();
  const [ann, ben] = await server.users("ann", "ben");
  const a = await witness.connect(server, ann);
  await a.resume();
  await a.ask("no_such_event");
  const conversationId = await server.group(ann, [ben], { settings: { messageRetention: 7 } });
  await a.next("conversation_added");
  await a.do("watch_presence", { userIds: [ben.id] });
  const b = await witness.connect(server, ben);
  await a.next("user_online");
  await b.do("resume", { cursors: {}, more: true });
  await b.resume();
  await liveTogether(a, b, conversationId);
  await talk(a, conversationId);
  await changeMembers(server, ann, ben, conversationId);
  await a.next("conversation_updated", ({ data }) => data.participants?.removed.length > 0);
  await b.next("conversation_removed");
  await comeBack(server, witness, ann, conversationId);
  await b.end();
  await a.next("user_offline");
  const drained = server.app.drain();
  await a.next("server_draining");
  await drained;
  return witness.heard;
}

async function liveTogether(a: TestSocket, b: TestSocket, conversationId: string) {
  for (const socket of [a, b]) await socket.do("join_conversation", { conversationId });
  await a.next("user_joined");
  b.tell("typing_start", { conversationId });
  await a.next("user_typing");
  b.tell("file_upload_progress", { conversationId, uploadId: "one", progress: 50 });
  await a.next("file_upload_progress");
  b.tell("typing_stop", { conversationId });
  const { message } = await a.do("send_message", { conversationId, clientId: "m0", content: "Tea?" });
  await b.do("mark_delivered", { conversationId, seq: message.seq });
  await a.next("messages_delivered");
  await b.do("mark_read", { conversationId, seq: message.seq });
  await a.next("messages_read");
  await b.do("leave_conversation", { conversationId });
  await a.next("user_left");
}

async function talk(a: TestSocket, conversationId: string) {
  const { message } = await a.do("send_message", { conversationId, clientId: "m1", content: "@ben, tea?" });
  const messageId = message.id;
  await a.do("send_message", { conversationId, clientId: "m2", content: "🫖", replyTo: messageId });
  await a.do("edit_message", { messageId, text: "@ben, tea or coffee?" });
  await a.do("add_reaction", { messageId, emoji: "👍", on: true });
  await a.do("delete_message", { messageId });
  await a.next("message_deleted");
}

async function changeMembers(server: TestServer, ann: TestUser, ben: TestUser, conversationId: string) {
  const path = `/api/conversations/${conversationId}`;
  const { id } = await server.send(ann, conversationId, "Pinned");
  await server.ok(ann, `PUT /api/messages/${id}/pin`);
  await server.ok(ann, `PATCH ${path}`, { name: "Coffee", settings: { isPublic: true } });
  await server.ok(ann, `PATCH ${path}/participants/${ben.id}`, { role: "moderator" });
  await server.ok(ann, `DELETE ${path}/participants/${ben.id}`);
}

/** Someone comes back twice, having missed a little, and too much to say where it stood. */
async function comeBack(server: TestServer, witness: Witness, ann: TestUser, conversationId: string) {
  for (const rev of [1, 1_000_000]) {
    const socket = await witness.connect(server, ann);
    await socket.resume({ [conversationId]: rev });
    await socket.do("authenticate", { token: ann.token });
    await socket.do("ping");
    await socket.end();
  }
}
