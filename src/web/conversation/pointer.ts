/** Whether the reader writes with fingers on the screen. */
export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
