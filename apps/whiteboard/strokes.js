// Strokes as bytes. A whiteboard sends many small messages, so each is as small as it can be:
//
//   byte 0      1: points, 2: rub out
//   bytes 1–4   number of the stroke, counted by its author
//   points:     byte 5 colour, byte 6 width, bytes 7–8 how many points came before, then 4 bytes a point: x, y
//   rub out:    nothing more
//
// Numbers are unsigned and big-endian. Points are on a board of WIDTH by HEIGHT, whatever the size of the window.

export const WIDTH = 1600;
export const HEIGHT = 1000;
/** Colours of the pens. The first follows the page's text. */
export const COLOURS = ['ink', 'red', 'orange', 'green', 'blue', 'violet'];
export const WIDTHS = [4, 10, 24];

/** Most points of one stroke. A longer line goes on in the next. */
export const MOST_POINTS = 4096;

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{kind: 'points', stroke: number, colour: number, width: number, start: number, points: Point[]}} Points */
/** @typedef {{kind: 'rub-out', stroke: number}} RubOut */

const HEAD = 9;

/** @param {Points | RubOut} change @returns {Uint8Array} */
export const encode = (change) => {
  const isPoints = change.kind === 'points';
  const bytes = new Uint8Array(isPoints ? HEAD + change.points.length * 4 : 5);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, isPoints ? 1 : 2);
  view.setUint32(1, change.stroke);
  if (!isPoints) return bytes;
  view.setUint8(5, change.colour);
  view.setUint8(6, change.width);
  view.setUint16(7, change.start);
  change.points.forEach(({ x, y }, i) => {
    view.setUint16(HEAD + i * 4, Math.min(Math.max(Math.round(x), 0), WIDTH));
    view.setUint16(HEAD + i * 4 + 2, Math.min(Math.max(Math.round(y), 0), HEIGHT));
  });
  return bytes;
};

/** The change in a message, or null where it is none. @param {unknown} bytes @returns {Points | RubOut | null} */
export const decode = (bytes) => {
  if (!(bytes instanceof Uint8Array) || bytes.length < 5) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint8(0);
  const stroke = view.getUint32(1);
  if (kind === 2) return bytes.length === 5 ? { kind: 'rub-out', stroke } : null;
  if (kind !== 1 || bytes.length <= HEAD || (bytes.length - HEAD) % 4 !== 0) return null;
  const [colour, width, start] = [view.getUint8(5), view.getUint8(6), view.getUint16(7)];
  const count = (bytes.length - HEAD) / 4;
  if (colour >= COLOURS.length || width >= WIDTHS.length || start + count > MOST_POINTS) return null;
  const points = Array.from({ length: count }, (_, i) => ({
    x: view.getUint16(HEAD + i * 4),
    y: view.getUint16(HEAD + i * 4 + 2),
  }));
  if (points.some(({ x, y }) => x > WIDTH || y > HEIGHT)) return null;
  return { kind: 'points', stroke, colour, width, start, points };
};
