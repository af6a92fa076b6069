import { serve } from "./serve.js";

/** Socket.IO alone: it knows who is in which room and stores nothing. */

const users = new Map();
const conversations = new Map();
let messages = 0;

serve({
  register({ username, firstName, lastName }) {
    const user = { id: `u${users.size}`, username, firstName, lastName, rooms: [] };
    users.set(user.id, user);
    return user;
  },
  found(userId, { participants }) {
    const id = `c${conversations.size}`;
    const members = new Set([userId, ...participants]);
    conversations.set(id, members);
    for (const member of members) users.get(member).rooms.push(id);
    return { id };
  },
  roomsOf: (userId) => users.get(userId).rooms,
  send(userId, { conversationId, clientId, content }) {
    if (!conversations.get(conversationId).has(userId)) throw new Error("not a participant");
    const { id, username, firstName, lastName } = users.get(userId);
    const sender = { id, username, firstName, lastName };
    const createdAt = new Date().toISOString();
    return { id: `m${++messages}`, conversationId, sender, clientId, content, createdAt };
  },
});
