import { Socket } from "./socket.ts";

/** How a kind of server is spoken to: as little as a client can say, and as much as a driver must find. */
export interface Dialect {
  /** Opens a socket of the bearer of `token`: all that comes from now on is live. */
  open(url: string, token: string, bufferBytes: number): Promise<Socket>;
  /** The command that sends a text of ASCII characters as the sender's message `number`. */
  send(conversationId: string, sender: string, number: number, text: string): string;
  /** Comes before the name of each event, and after it one of the next three. */
  readonly mark: string;
  readonly push: string;
  readonly ack: string;
  readonly error: string;
}

const PARLEY: Dialect = {
  async open(url, token, bufferBytes) {
    const socket = await Socket.open(url, "/ws", bufferBytes, [`Authorization: Bearer ${token}`]);
    const synced = socket.expect(`"event":"synced"`);
    socket.send(`{"id":"resume","event":"resume","data":{"cursors":{}}}`);
    await synced;
    return socket;
  },
  send: (conversationId, sender, number, text) =>
    `{"id":"${number}","event":"send_message","data":{${message(conversationId, sender, number, text)}}}`,
  mark: `"event":"`,
  push: `new_message"`,
  ack: `ack"`,
  error: `error"`,
};

/** Engine.IO 4 and Socket.IO 5 as they are on the wire: `42["event",data]`, with a number after 42 when it wants an answer. */
const SOCKET_IO: Dialect = {
  async open(url, token, bufferBytes) {
    const socket = await Socket.open(url, "/socket.io/?EIO=4&transport=websocket", bufferBytes);
    await socket.expect(`0{"sid"`);
    const connected = socket.expect(`40{"sid"`);
    socket.send(`40{"token":"${token}"}`);
    await connected;
    return socket;
  },
  send: (conversationId, sender, number, text) =>
    `42${number}["send_message",{${message(conversationId, sender, number, text)}}]`,
  mark: "[",
  push: `"new_message"`,
  ack: `{"message"`,
  error: `{"error"`,
};

/** Every dialect by its name. */
export const DIALECTS = { parley: PARLEY, "socket.io": SOCKET_IO } as const;

function message(conversationId: string, sender: string, number: number, text: string): string {
  return `"conversationId":"${conversationId}","clientId":"${sender}.${number}",` +
    `"content":{"type":"text","text":"${text}"}`;
}
