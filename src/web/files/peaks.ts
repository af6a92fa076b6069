/** How loud something is along the way: the same way in at most `count` steps, each as loud as its loudest. */
export function gathered(peaks: readonly number[], count: number): number[] {
  if (peaks.length <= count) return [...peaks];
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor(index * peaks.length / count);
    const to = Math.max(from + 1, Math.floor((index + 1) * peaks.length / count));
    return Math.max(...peaks.slice(from, to));
  });
}

/** The same way in exactly `count` steps, however few are known. */
export function spread(peaks: readonly number[], count: number): number[] {
  const few = gathered(peaks, count);
  return Array.from({ length: count }, (_, index) => few[Math.floor(index * few.length / count)] ?? 0);
}
