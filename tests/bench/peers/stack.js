import mongoose, { Schema } from "mongoose";
import { serve } from "./serve.js";

/** The usual stack: Express, Socket.IO and Mongoose in one process, on the MongoDB server of `MONGODB_URI`. */

const options = { versionKey: false, timestamps: true };
const named = { type: String, required: true };
const refers = (ref) => ({ type: Schema.Types.ObjectId, ref, required: true });

const User = mongoose.model(
  "User",
  new Schema({
    email: { ...named, unique: true },
    username: { ...named, unique: true },
    firstName: named,
    lastName: named,
    avatar: String,
  }, options),
);

const Conversation = mongoose.model(
  "Conversation",
  new Schema({ name: named, participants: [refers("User")] }, options).index({ participants: 1 }),
);

const Message = mongoose.model(
  "Message",
  new Schema({
    conversation: refers("Conversation"),
    sender: refers("User"),
    clientId: named,
    content: { type: { type: String, enum: ["text", "image", "file"], default: "text" }, text: named },
  }, options).index({ conversation: 1, createdAt: -1 }),
);

const SENDER = { path: "sender", select: "username firstName lastName avatar", options: { lean: true } };

async function register({ email, username, firstName, lastName }) {
  const { id } = await User.create({ email, username, firstName, lastName });
  return { id, username, firstName, lastName };
}

async function found(userId, { name, participants }) {
  const { id } = await Conversation.create({ name, participants: [userId, ...participants] });
  return { id };
}

async function roomsOf(userId) {
  const rooms = await Conversation.find({ participants: userId }, "_id").lean();
  return rooms.map(({ _id }) => String(_id));
}

async function send(userId, { conversationId, clientId, content }) {
  const member = await Conversation.exists({ _id: conversationId, participants: userId });
  if (!member) throw new Error("not a participant");
  const message = await Message.create({ conversation: conversationId, sender: userId, clientId, content });
  await message.populate(SENDER);
  return message.toObject();
}

await mongoose.connect(process.env.MONGODB_URI);
await Promise.all([User, Conversation, Message].map((model) => model.init()));
serve({ register, found, roomsOf, send });
