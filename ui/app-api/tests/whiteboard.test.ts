// The board of apps/whiteboard: bytes, strokes, and two pages that show the same.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Board, MOST_STROKES, type Stroke } from '../../../apps/whiteboard/board.js';
import { Shared } from '../../../apps/whiteboard/shared.js';
import { decode, encode, HEIGHT, MOST_POINTS, WIDTH, type Points } from '../../../apps/whiteboard/strokes.js';
import type { Address, Entry } from '../../bindings/core.ts';
import { ana, ben, Host } from './host.ts';

const points = (stroke: number, start: number, ...points: [number, number][]): Points => ({
  kind: 'points',
  stroke,
  colour: 1,
  width: 2,
  start,
  points: points.map(([x, y]) => ({ x, y })),
});

describe('a change as bytes', () => {
  test('is what it was when it is read again', () => {
    const change = points(7, 3, [0, 0], [WIDTH, HEIGHT], [12, 34]);
    expect(encode(change)).toHaveLength(9 + 3 * 4);
    expect(decode(encode(change))).toEqual(change);
    expect(decode(encode({ kind: 'rub-out', stroke: 2 ** 32 - 1 }))).toEqual({ kind: 'rub-out', stroke: 2 ** 32 - 1 });
  });

  test('stays on the board', () => {
    expect(decode(encode(points(0, 0, [-5, 3.4], [1e9, 1e9])))).toMatchObject({
      points: [
        { x: 0, y: 3 },
        { x: WIDTH, y: HEIGHT },
      ],
    });
  });

  const good = () => encode(points(1, 0, [1, 1]));
  test.each<[string, unknown]>([
    ['text', 'points'],
    ['nothing', new Uint8Array()],
    ['an unknown kind', good().fill(9, 0, 1)],
    ['half a point', good().slice(0, -1)],
    ['no point', good().slice(0, 9)],
    ['a colour that is not there', good().fill(99, 5, 6)],
    ['a pen that is not there', good().fill(99, 6, 7)],
    ['too long a stroke', encode(points(1, MOST_POINTS, [1, 1]))],
    ['a point off the board', good().fill(255, 9)],
    ['more than a rub-out', new Uint8Array(6).fill(2)],
  ])('is none: %s', (_, bytes) => expect(decode(bytes)).toBeNull());
});

describe('a board', () => {
  test('adds points to a stroke, each once', () => {
    const board = new Board();
    board.apply('ana', points(0, 0, [1, 1], [2, 2]));
    board.apply('ana', points(0, 1, [2, 2], [3, 3]));
    board.apply('ana', points(0, 0, [1, 1]));
    expect(board.of('ana')[0]?.points.map(({ x }) => x)).toEqual([1, 2, 3]);
  });

  test('lets nobody touch the strokes of others', () => {
    const board = new Board();
    board.apply('ana', points(0, 0, [1, 1]));
    board.apply('ben', { kind: 'rub-out', stroke: 0 });
    board.apply('ben', points(0, 1, [9, 9]));
    expect(board.of('ana')).toHaveLength(1);
    expect(board.of('ben')).toHaveLength(0);
  });

  test('forgets the oldest strokes of somebody who draws too many', () => {
    const board = new Board();
    for (let stroke = 0; stroke < MOST_STROKES; stroke += 1) board.apply('ana', points(stroke, 0, [1, 1]));
    expect(board.apply('ana', points(MOST_STROKES, 0, [1, 1])).gone).toEqual(['ana 0']);
    expect(board.of('ana')).toHaveLength(MOST_STROKES);
  });
});

class Side {
  host = new Host();
  strokes = new Map<string, Stroke>();
  members = new Set<string>();
  shared!: Shared;
  #carried = 0;

  constructor(
    readonly me: Address,
    readonly other: Address,
  ) {}

  meets() {
    this.host.correspondents = [{ ...this.other, name: 'The other', version: '1.0.0', online: true }];
  }

  async open() {
    this.shared = new Shared(
      this.host.openPage(),
      {
        all: async () => structuredClone({ strokes: [...this.strokes.values()], members: [...this.members] }),
        put: async (changed, gone) => {
          for (const key of gone) this.strokes.delete(key);
          if (changed) this.strokes.set(`${changed.author} ${changed.stroke}`, structuredClone(changed));
        },
        greeted: async (member) => void this.members.add(member),
      },
      this.me,
    );
    await this.shared.start();
    void this.shared.receive();
  }

  /** Draws a stroke through these points. */
  draw(...[first, ...rest]: [number, number][]) {
    this.shared.begin(1, 0, { x: first![0], y: first![1] });
    for (const [x, y] of rest) this.shared.move({ x, y });
    this.shared.end();
  }

  async gets({ host, me }: Side) {
    const entries = () => host.sent.slice(this.#carried);
    this.host.receive(...entries().map(({ id, body }) => ({ kind: 'message', id, from: me, sent: 0, body }) as Entry));
    this.#carried = host.sent.length;
    await expect.poll(() => this.host.inbox).toEqual([]);
  }

  get picture() {
    return [...this.shared.board.strokes].map(({ author, points }) => [author, points.map(({ x, y }) => [x, y])]);
  }
}

let left: Side;
let right: Side;

beforeEach(async () => {
  left = new Side(ana, ben);
  right = new Side(ben, ana);
  left.meets();
  right.meets();
  await left.open();
  await right.open();
});

test('what one side draws, both see', async () => {
  left.draw([1, 1], [2, 2], [3, 3]);
  await expect.poll(() => left.host.sent.length).toBe(1);
  await right.gets(left);
  expect(right.picture).toEqual(left.picture);
});

test('a moving pen sends its points in parts, and no point is lost or doubled', async () => {
  vi.useFakeTimers();
  left.shared.begin(0, 0, { x: 0, y: 0 });
  for (let x = 1; x <= 100; x += 1) {
    left.shared.move({ x, y: 0 });
    await vi.advanceTimersByTimeAsync(10);
  }
  left.shared.end();
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  expect(left.host.sent.length).toBeGreaterThan(20);
  expect(left.host.sent.length).toBeLessThan(30);
  await right.gets(left);
  expect(right.picture).toEqual([[`${ana.peer}/${ana.instance}`, Array.from({ length: 101 }, (_, x) => [x, 0])]]);
});

test('an undo takes the last own stroke away on both sides, and no other', async () => {
  left.draw([1, 1]);
  left.draw([2, 2]);
  right.draw([3, 3]);
  await expect.poll(() => right.host.sent.length).toBe(1);
  await left.gets(right);
  left.shared.undo();
  await expect.poll(() => left.host.sent.length).toBe(3);
  await right.gets(left);
  expect(new Set(right.picture.map(String))).toEqual(new Set(left.picture.map(String)));
  expect(left.picture).toHaveLength(2);
});

test('somebody who joins gets the own strokes of each, once', async () => {
  const late = new Side(ana, ben);
  await late.open();
  late.draw([1, 1], [2, 2]);
  late.meets();
  await late.shared.greet();
  await late.open();
  await expect.poll(() => late.host.sent.length).toBe(1);
  await right.gets(late);
  expect(right.picture).toEqual(late.picture);
});

test('what was drawn is there again after the window was closed', async () => {
  left.draw([1, 1], [2, 2]);
  await expect.poll(() => left.host.sent.length).toBe(1);
  const before = left.picture;
  await left.open();
  expect(left.picture).toEqual(before);
  left.draw([5, 5]);
  expect(left.picture).toHaveLength(2);
});
