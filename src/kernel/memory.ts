/** What a process holds, in bytes. */
export interface MemoryUsage {
  /** All that is resident. */
  readonly rss: number;
  readonly heapTotal: number;
  readonly heapUsed: number;
  /** What JavaScript objects hold outside its heap. */
  readonly external: number;
}
