/**
 * Does something as soon as what was changed before it is in the document, and before the next key or press: Preact
 * draws in a microtask, and the next frame may be long in coming.
 */
export function onceDrawn(act: () => void): void {
  queueMicrotask(act);
}
