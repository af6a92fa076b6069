import type { BusMessage } from "../../ports/bus.ts";

/**
 * How messages travel: `["<node>","<topic>",<message>]`, a JSON text without line breaks. The node stands first, so
 * that a node knows the echo of its own messages without parsing them. JSON, because there and back a hint of 1 (16)
 * messages takes 5.3 (37) µs, and 6.8 (70) µs by the quicker of two MessagePack libraries, whose texts are a seventh shorter.
 */
export function encode(node: string, topic: string, message: BusMessage): string {
  return `["${node}",${JSON.stringify(topic)},${JSON.stringify(message)}]`;
}

/** Whether `node` sent the text. */
export function isFrom(node: string, text: string): boolean {
  return text.startsWith(node, 2) && text.startsWith('"', 2 + node.length);
}

/** What a text says, or `undefined` when it is none of ours. */
export function decode(text: string): { topic: string; message: BusMessage } | undefined {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts) || parts.length !== 3) return undefined;
    const [node, topic, message] = parts as unknown[];
    if (typeof node !== "string" || typeof topic !== "string" || !isMessage(message)) return undefined;
    return { topic, message };
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is BusMessage {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
