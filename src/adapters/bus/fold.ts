/** Which of `count` channels a topic falls on: FNV-1a (RFC 9923) over its UTF-16 units. All nodes must agree. */
export function fold(topic: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < topic.length; at++) hash = Math.imul(hash ^ topic.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % count;
}
