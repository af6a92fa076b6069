import type { BusMessage } from "../ports/bus.ts";

/** Something that happens in a conversation and is not kept. Travels on the conversation's topic. */
export interface RoomSignal extends BusMessage {
  readonly kind: "signal";
  readonly event: "user_typing" | "user_joined" | "user_left" | "file_upload_progress";
  readonly conversationId: string;
  readonly data: object;
  /** The connection that it comes from, which is not told. */
  readonly origin: string;
}

/** A user's first connection has come, or its last one has gone. Travels on `PRESENCE_TOPIC`. */
export interface PresenceSignal extends BusMessage {
  readonly kind: "presence";
  readonly userId: string;
  readonly online: boolean;
  /** An ISO time; `null` while online, or when the user does not show it. */
  readonly lastSeen: string | null;
}

export const PRESENCE_TOPIC = "presence";

/** A session has ended on some node. Travels on the user's topic. */
export interface SessionEndedSignal extends BusMessage {
  readonly kind: "session_ended";
  readonly sessionId: string;
}

export function isRoomSignal(message: BusMessage): message is RoomSignal {
  return message.kind === "signal";
}

export function isSessionEnded(message: BusMessage): message is SessionEndedSignal {
  return message.kind === "session_ended";
}
