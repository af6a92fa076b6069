import type { Command } from "../../realtime/command.ts";
import { command } from "../../realtime/command.ts";
import { edit, remove } from "./edit.ts";
import { react } from "./reactions.ts";
import { markDelivered, markRead } from "./receipts.ts";
import { deleteCommand, editCommand, reactionCommand, receiptCommand, sendBody } from "./schema.ts";
import { send } from "./send.ts";
import type { Messages } from "./service.ts";

const NOTHING = {};

/** The socket's commands of this module; each does what its REST route does. */
export function messageCommands(messages: Messages): Command[] {
  return [...writingCommands(messages), ...receiptCommands(messages)];
}

function writingCommands(messages: Messages): Command[] {
  return [
    command({
      event: "send_message",
      data: sendBody,
      budget: "messages",
      run: async (data, { userId }) => ({ message: (await send(messages, userId, data)).message }),
    }),
    command({
      event: "edit_message",
      data: editCommand,
      budget: "messages",
      run: async ({ messageId, text }, { userId }) => ({
        message: await edit(messages, userId, messageId, text),
      }),
    }),
    command({
      event: "delete_message",
      data: deleteCommand,
      budget: "messages",
      run: async ({ messageId }, { userId }) => {
        await remove(messages, userId, messageId);
        return NOTHING;
      },
    }),
    command({
      event: "add_reaction",
      data: reactionCommand,
      budget: "messages",
      run: ({ messageId, ...reaction }, { userId }) => react(messages, userId, messageId, reaction),
    }),
  ];
}

function receiptCommands(messages: Messages): Command[] {
  return [
    command({
      event: "mark_read",
      data: receiptCommand,
      run: async (receipt, { userId, connectionId }) => {
        await markRead(messages, userId, { ...receipt, origin: connectionId });
        return NOTHING;
      },
    }),
    command({
      event: "mark_delivered",
      data: receiptCommand,
      run: async (receipt, { userId, connectionId }) => {
        await markDelivered(messages, userId, { ...receipt, origin: connectionId });
        return NOTHING;
      },
    }),
  ];
}
