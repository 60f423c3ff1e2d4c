// The matches of apps/tic-tac-toe: two pages, and a network between their hosts that the tests hold in their hands.

import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, Matches, type Match } from '../../../apps/tic-tac-toe/matches.js';
import { isOver, whyNot, winningLine } from '../../../apps/tic-tac-toe/rules.js';
import type { Address, Entry } from '../../bindings/core.ts';
import { ana, ben, Host, uuid } from './host.ts';

/** One side: a host, and what its page keeps. */
class Side {
  host = new Host();
  kept = new Map<string, Match>();
  matches!: Matches;
  #carried = 0;

  constructor(
    readonly me: Address,
    readonly other: Address,
  ) {}

  async open() {
    const shelf = {
      all: async () => structuredClone([...this.kept.values()]),
      put: async (match: Match) => void this.kept.set(match.key, structuredClone(match)),
    };
    this.matches = new Matches(this.host.openPage(), shelf, this.me);
    await this.matches.start();
    void this.matches.receive();
  }

  get match() {
    return this.matches.against(keyOf(this.other));
  }

  play(cell: number) {
    return this.matches.play(keyOf(this.other), cell);
  }

  /** What was sent since the last time, as it arrives at the other side. */
  post(): Entry[] {
    const entries = this.host.sent
      .slice(this.#carried)
      .map(({ id, body }) => ({ kind: 'message', id, from: this.me, sent: 0, body }) as Entry);
    this.#carried = this.host.sent.length;
    return entries;
  }

  async gets(...entries: Entry[]) {
    this.host.receive(...entries);
    await expect.poll(() => this.host.inbox).toEqual([]);
  }
}

let sideOfAna: Side;
let sideOfBen: Side;
let entries = 0;

const carry = async () => {
  await sideOfBen.gets(...sideOfAna.post());
  await sideOfAna.gets(...sideOfBen.post());
};

const moveOfAna = (value: unknown) =>
  ({ kind: 'message', id: uuid(++entries), from: ana, sent: 0, body: { type: 'json', value } }) as Entry;

beforeEach(async () => {
  // Ana's address is the lower one: she begins.
  sideOfAna = new Side(ana, ben);
  sideOfBen = new Side(ben, ana);
  await sideOfAna.open();
  await sideOfBen.open();
});

/** A whole game that Ana wins with the first column. */
const playAna = async () => {
  for (const [side, cell] of [
    [sideOfAna, 0],
    [sideOfBen, 1],
    [sideOfAna, 3],
    [sideOfBen, 2],
    [sideOfAna, 6],
  ] as const) {
    await side.play(cell);
    await carry();
  }
};

test('the board is the same on both sides after every move', async () => {
  await sideOfAna.play(4);
  expect(sideOfBen.match.moves).toEqual([]);
  await carry();
  expect(sideOfBen.match.moves).toEqual([4]);
  await sideOfBen.play(0);
  await carry();
  expect(sideOfAna.match.moves).toEqual([4, 0]);
});

test('who is not due cannot move', async () => {
  await sideOfBen.play(4);
  expect(sideOfBen.match.moves).toEqual([]);
  expect(sideOfBen.host.sent).toEqual([]);
});

test('three in a row end the game, and the other side begins the next', async () => {
  await playAna();
  expect(winningLine(sideOfBen.match.moves)).toEqual([0, 3, 6]);
  await sideOfBen.matches.again(keyOf(ana));
  expect(sideOfBen.matches.isMyTurn(sideOfBen.match)).toBe(true);
  await sideOfBen.play(8);
  await carry();
  expect(sideOfAna.match).toMatchObject({ game: 1, moves: [8] });
});

describe('a move against the rules changes nothing and is refused', () => {
  test.each([
    ['a cell that is taken', { game: 0, move: 2, cell: 1 }, 'that cell is taken'],
    ['a cell that is not there', { game: 0, move: 2, cell: 9 }, 'there is no such cell'],
    ['half a cell', { game: 0, move: 2, cell: 0.5 }, 'there is no such cell'],
    ['two moves at once', { game: 0, move: 3, cell: 8 }, 'it does not follow the move before'],
    ['a game nobody began', { game: 1, move: 0, cell: 8 }, 'it does not follow the move before'],
    ['nothing at all', null, 'it does not follow the move before'],
  ])('%s', async (_, move, why) => {
    await sideOfAna.play(0);
    await carry();
    await sideOfBen.play(1);
    await carry();
    const before = sideOfBen.match.moves;
    await sideOfBen.gets(moveOfAna(move));
    expect(sideOfBen.match.moves).toEqual(before);
    expect(sideOfBen.match.problem).toContain(why);
    await carry();
    expect(sideOfAna.match.problem).toBe(`refused your move: ${why}`);
  });

  test('out of turn', async () => {
    await sideOfAna.play(0);
    await carry();
    await sideOfBen.gets(moveOfAna({ game: 0, move: 1, cell: 8 }));
    expect(sideOfBen.match).toMatchObject({ moves: [0], problem: expect.stringContaining('not the turn of X') });
  });
});

test('a move that comes twice counts once', async () => {
  await sideOfAna.play(0);
  const [move] = sideOfAna.post();
  await sideOfBen.gets(move!);
  await sideOfBen.gets({ ...move!, id: uuid(++entries) });
  expect(sideOfBen.match).toMatchObject({ moves: [0], problem: null });
});

test('a move that did not leave before the page went away leaves with the next page', async () => {
  sideOfAna.host.refusals['send'] = [{ code: 'Stopped', message: 'The host is closing.' }];
  await expect(sideOfAna.play(0)).rejects.toMatchObject({ code: 'Stopped' });
  await sideOfAna.open();
  await carry();
  expect(sideOfBen.match.moves).toEqual([0]);
});

test('a move that could not be delivered can be sent again', async () => {
  await sideOfAna.play(0);
  const [move] = sideOfAna.post();
  const lost = { kind: 'failure', id: uuid(++entries), message: move!.id, to: ben, reason: 'expired' } as const;
  await sideOfAna.gets({ ...lost, outcome: 'not-delivered' });
  expect(sideOfAna.match).toMatchObject({ sent: null, problem: 'never got your move' });
  await sideOfAna.matches.sendAgain(keyOf(ben));
  await carry();
  expect(sideOfBen.match.moves).toEqual([0]);
});

test('a full board without three in a row is a draw', () => {
  const draw = [0, 1, 2, 4, 3, 5, 7, 6, 8];
  expect(winningLine(draw)).toBeNull();
  expect(isOver(draw)).toBe(true);
  expect(whyNot(draw, 'O', 0)).toBe('the game is over');
});
