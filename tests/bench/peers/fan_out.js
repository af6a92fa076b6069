import { createServer } from "node:http";

/**
 * No chat: answers each `send_message` that it sees with bytes of the size that Parley writes, an acknowledgement to
 * the sender and a push to every socket, those of one turn in one frame. What a driver counts here, it can count.
 */

const TEXT = "x".repeat(300);
const MESSAGE = `"clientId":"0.0.1","content":{"type":"text","text":"${TEXT}"},"padding":"${"-".repeat(520)}"`;
const PUSH = `{"event":"new_message","conversationId":"c","rev":1,"data":{${MESSAGE}}}\n`;
const ACK = `{"id":"1","event":"ack","data":{"message":{${MESSAGE}}}}\n`;
const SEND = `"event":"send_message"`;

const sockets = new Map(); // each with the sends that it waits to be acknowledged
let users = 0;
let turn = false;

const server = createServer((request, response) => {
  request.resume();
  const body = request.url === "/api/conversations"
    ? { id: "c" }
    : { user: { id: `u${++users}` }, accessToken: "-" };
  response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(body));
});

server.on("upgrade", (_request, socket) => {
  socket.setNoDelay(true);
  socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  let rest = "";
  socket.on("data", (bytes) => {
    rest += bytes.toString("latin1");
    if (rest.includes(`"event":"resume"`)) socket.write(frame(`{"event":"synced"}`));
    const parts = rest.split(SEND);
    rest = parts.at(-1).slice(1 - SEND.length);
    if (parts.length > 1) heard(socket, parts.length - 1);
  });
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  sockets.set(socket, 0);
});

function heard(socket, sends) {
  sockets.set(socket, sockets.get(socket) + sends);
  if (turn) return;
  turn = true;
  setImmediate(tell);
}

function tell() {
  turn = false;
  let sends = 0;
  for (const waiting of sockets.values()) sends += waiting;
  const pushes = PUSH.repeat(sends);
  const shared = frame(pushes);
  for (const [socket, waiting] of sockets) {
    socket.write(waiting === 0 ? shared : frame(ACK.repeat(waiting) + pushes));
    sockets.set(socket, 0);
  }
}

/** A text frame as a server sends it (RFC 6455, section 5.2). */
function frame(text) {
  const length = Buffer.byteLength(text);
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head[1] === 126) head.writeUInt16BE(length, 2);
  if (head[1] === 127) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.from(text, "latin1")]);
}

server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
