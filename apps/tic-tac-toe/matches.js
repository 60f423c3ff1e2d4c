// The matches: one against each opponent, a game after the other. No page and no database in here: both are handed in.
//
// Two boards have to stay the same without anybody who watches over them. They do, because both sides keep the same
// rules: a move says which game and which move it is, and what the rules do not allow is refused and changes nothing.
// Nobody needs to agree who begins either: X goes to the lower address in even games, and to the other one in odd games.

import { isOver, markOf, whyNot } from './rules.js';

/** @import {Address, Entry, Mutiny} from '@mutiny/app' */
/** @import {Shelf} from './shelf.js' */
/** @import {Mark} from './rules.js' */

/**
 * What is kept of a match.
 * @typedef {object} Match
 * @property {string} key the opponent: `peer/instance`
 * @property {number} game how many games came before
 * @property {number[]} moves the cells taken, in order
 * @property {string | null} sent the id of the last own move, once the host has taken it
 * @property {string | null} problem something to tell the person, as a sentence without its subject
 */

/** @param {{peer: string, instance: string | null}} address */
export const keyOf = ({ peer, instance }) => `${peer}/${instance}`;

/** @param {string} key @returns {Address} */
const addressOf = (key) => {
  const [peer = '', instance = ''] = key.split('/');
  return { peer, instance };
};

/** Tells `change` when a match has changed. */
export class Matches extends EventTarget {
  #mutiny;
  #shelf;
  #me;
  /** @type {Map<string, Match>} */
  #matches = new Map();

  /**
   * @param {Mutiny} mutiny
   * @param {Shelf<Match>} shelf
   * @param {Address} me
   */
  constructor(mutiny, shelf, me) {
    super();
    this.#mutiny = mutiny;
    this.#shelf = shelf;
    this.#me = keyOf(me);
  }

  /** Takes up again what was kept, and sends what had not left before the last page went away. */
  async start() {
    for (const match of await this.#shelf.all()) this.#matches.set(match.key, match);
    for (const match of this.#matches.values()) if (this.#isUnsent(match)) await this.#send(match);
  }

  /** The match against an opponent, as it stands. @param {string} key @returns {Match} */
  against(key) {
    return this.#matches.get(key) ?? { key, game: 0, moves: [], sent: null, problem: null };
  }

  /** The own mark in the present game. @param {Match} match @returns {Mark} */
  mark({ key, game }) {
    return (game % 2 === 0) === this.#me < key ? 'X' : 'O';
  }

  /** @param {Match} match */
  isMyTurn(match) {
    return !isOver(match.moves) && markOf(match.moves.length) === this.mark(match);
  }

  /** Takes a cell, if the rules allow it. @param {string} key @param {number} cell */
  async play(key, cell) {
    const match = this.against(key);
    if (whyNot(match.moves, this.mark(match), cell) !== null) return;
    await this.#keep({ ...match, moves: [...match.moves, cell], sent: null, problem: null });
    await this.#send(this.against(key));
  }

  /** Clears the board for the next game. @param {string} key */
  async again(key) {
    const match = this.against(key);
    if (isOver(match.moves)) await this.#keep(next(match));
  }

  /** Sends the last own move once more, after it could not be delivered. @param {string} key */
  async sendAgain(key) {
    await this.#keep({ ...this.against(key), problem: null });
    await this.#send(this.against(key));
  }

  /** Takes moves from the inbox for as long as the page lives. */
  async receive() {
    for await (const entry of this.#mutiny) {
      const key = keyOf(entry.kind === 'message' ? entry.from : entry.to);
      if (entry.kind === 'failure') await this.#failed(key, entry.message);
      else await this.#arrived(key, entry.data);
    }
  }

  /** @param {string} key @param {Extract<Entry, {kind: 'message'}>['data']} data */
  async #arrived(key, data) {
    const { game, move, cell, refused } = /** @type {Record<string, unknown>} */ (Object(data));
    if (typeof refused === 'string')
      return this.#keep({ ...this.against(key), problem: `refused your move: ${refused}` });
    let match = this.against(key);
    if (game === match.game + 1 && isOver(match.moves)) match = next(match);
    // A page that went away at the wrong moment sends its last move twice.
    const isKnown = typeof game === 'number' && (game < match.game || match.moves[Number(move)] === cell);
    if (isKnown) return;
    const why =
      game === match.game && move === match.moves.length
        ? whyNot(match.moves, this.mark(match) === 'X' ? 'O' : 'X', cell)
        : 'it does not follow the move before';
    if (why === null) {
      await this.#keep({ ...match, moves: [...match.moves, Number(cell)], problem: null });
    } else {
      await this.#keep({ ...match, problem: `sent a move against the rules: ${why}` });
      await this.#mutiny.send(addressOf(key), { refused: why });
    }
  }

  /** @param {string} key @param {string} message */
  async #failed(key, message) {
    const match = this.against(key);
    if (match.sent === message) await this.#keep({ ...match, sent: null, problem: 'never got your move' });
  }

  /** @param {Match} match */
  #isUnsent({ key, game, moves, sent }) {
    const last = moves.length - 1;
    return last >= 0 && sent === null && markOf(last) === this.mark({ key, game, moves, sent, problem: null });
  }

  /** @param {Match} match */
  async #send(match) {
    const { key, game, moves } = match;
    const move = moves.length - 1;
    const sent = await this.#mutiny.send(addressOf(key), { game, move, cell: moves[move] ?? null });
    const now = this.against(key);
    // The answer to a move may overtake the word that it was taken.
    if (now.game === game && now.moves.length === moves.length) await this.#keep({ ...now, sent });
  }

  /** @param {Match} match */
  async #keep(match) {
    await this.#shelf.put(match);
    this.#matches.set(match.key, match);
    this.dispatchEvent(new Event('change'));
  }
}

/** The game after this one. @param {Match} match @returns {Match} */
const next = ({ key, game }) => ({ key, game: game + 1, moves: [], sent: null, problem: null });
