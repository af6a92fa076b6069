import { messageId } from "./ids.ts";

const conversation = "01K4ZK0F2H6W8PQ4S1E3J5G7TN";

/** Values that the examples of the published documents share, so that they tell one story. */
export const SAMPLE = {
  /** The user who asks. */
  user: "01K4ZJ6Y8QD3V0T5N2M7R9CXAB",
  /** Someone else. */
  other: "01K4ZJ7M1S4E6G8H0JKBN2PQTR",
  conversation,
  message: messageId(conversation, 42),
  seq: 42,
  rev: 57,
  time: "2026-01-02T03:04:05.678Z",
  later: "2026-01-02T03:19:05.678Z",
  requestId: "01K4ZKB3N5P7R9T1V3X5Z7ACEG",
  epoch: "01K4ZHX2Y4A6C8E0G2J4M6P8RT",
} as const;
