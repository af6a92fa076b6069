/** How a picture is looked at: so many times as large as it fits, and moved from the middle, in pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place, from the middle. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The whole picture. */
export const WHOLE: View = { scale: 1, x: 0, y: 0 };
const MOST = 8;

/** As large as a picture fits into a box, and no larger than it is. */
export function fitted({ width, height }: Size, box: Size): Size {
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: width * scale, height: height * scale };
}

/** Looks closer, or from farther away; what is at `point` stays there. `picture` is its size as it fits. */
export function zoomed(view: View, factor: number, point: Point, picture: Size, box: Size): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const by = scale / view.scale;
  const moved = { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
  return moveTo(moved, picture, box);
}

/** Moves the picture, no further than its edges. */
export function moved(view: View, by: Point, picture: Size, box: Size): View {
  return moveTo({ scale: view.scale, x: view.x + by.x, y: view.y + by.y }, picture, box);
}

function moveTo({ scale, x, y }: View, picture: Size, box: Size): View {
  const roomX = Math.max(0, (picture.width * scale - box.width) / 2);
  const roomY = Math.max(0, (picture.height * scale - box.height) / 2);
  return { scale, x: within(x, roomX), y: within(y, roomY) };
}

function within(value: number, room: number): number {
  return Math.max(-room, Math.min(room, value)) || 0;
}
