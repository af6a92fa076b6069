/**
 * What lies over the screen. Where the screen is narrow each layer is a step of the browser's history, so that its
 * button, or its gesture, closes the layer and leaves the screen as it is.
 */

const NARROW = "(width < 45rem)";
/** What closes each layer, or asks first; the topmost is the last one. */
const layers: (() => void)[] = [];
/** Whether the browser is on its way back to an earlier step. */
let isGoing = false;
/** What is to be done once the browser is at the screen's own step. */
let waiting: (() => void) | undefined;

/** Lays something over the screen; the answer takes it away. `close` is called when the reader goes back. */
export function addLayer(close: () => void): () => void {
  const layer = () => close();
  layers.push(layer);
  queueMicrotask(settleSteps);
  return () => {
    layers.splice(layers.indexOf(layer), 1);
    // In a moment: another one may take its place.
    queueMicrotask(settleSteps);
  };
}

/** Runs `act` at the screen's own step of the history: at once, unless steps of layers have to be left first. */
export function atScreen(act: () => void): void {
  waiting = act;
  settleSteps();
}

/** Closes the layers above the step that the browser has gone to. Answers whether it also stays at that step. */
export function tookStep(): boolean {
  const steps = stepsHere();
  const stays = waiting === undefined && steps <= layers.length;
  if (!isGoing) { for (const close of layers.slice(steps).reverse()) close(); }
  isGoing = false;
  // Later: layers close with the next drawing, and some ask before.
  setTimeout(settleSteps);
  return stays;
}

/** Moves the browser until it is as many steps above the screen's own as there are layers. */
export function settleSteps(): void {
  if (isGoing) return;
  if (waiting) {
    if (stepsHere() > 0) return go(-stepsHere());
    const act = waiting;
    waiting = undefined;
    act();
  }
  const steps = stepsHere();
  if (steps > layers.length) return go(layers.length - steps);
  if (!matchMedia(NARROW).matches) return;
  for (let step = steps + 1; step <= layers.length; step++) history.pushState({ layers: step }, "");
}

function go(steps: number): void {
  isGoing = true;
  history.go(steps);
}

function stepsHere(): number {
  const { layers: steps } = Object(history.state);
  return typeof steps === "number" ? steps : 0;
}
