import { createServer } from "node:http";
import express from "express";
import jwt from "jsonwebtoken";
import { Server } from "socket.io";

const SECRET = "a secret of this process alone";

/**
 * Serves a chat of Express and Socket.IO on a free port and prints where. What a chat keeps and sends is the caller's:
 * `register(body)` answers a user, `found(userId, body)` a conversation, `roomsOf(userId)` the ids of conversations,
 * `send(userId, command)` the message that is to be delivered, or throws.
 */
export function serve({ register, found, roomsOf, send }) {
  const app = express();
  app.use(express.json());
  app.post("/api/auth/register", async (request, response) => {
    const user = await register(request.body);
    response.status(201).json({ user, accessToken: jwt.sign({ sub: user.id }, SECRET) });
  });
  app.post("/api/conversations", async (request, response) => {
    const token = request.get("authorization")?.replace("Bearer ", "");
    response.status(201).json(await found(jwt.verify(token, SECRET).sub, request.body));
  });
  const server = createServer(app);
  converse(server, roomsOf, send);
  server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
}

function converse(server, roomsOf, send) {
  const io = new Server(server, {
    transports: ["websocket"],
    perMessageDeflate: false,
    serveClient: false,
    pingInterval: 600_000, // as long as the heartbeat that Parley is measured with
  });
  io.use(async (socket, next) => {
    try {
      socket.data.userId = jwt.verify(socket.handshake.auth.token, SECRET).sub;
      socket.data.rooms = await roomsOf(socket.data.userId);
      next();
    } catch (error) {
      next(error);
    }
  });
  io.on("connection", (socket) => {
    socket.join(socket.data.rooms);
    socket.on("send_message", async (command, acknowledge) => {
      try {
        const message = await send(socket.data.userId, command);
        io.to(command.conversationId).emit("new_message", message);
        acknowledge({ message });
      } catch (error) {
        acknowledge({ error: error.message });
      }
    });
  });
}
