// The board that is shared: own strokes go out to everybody who takes part, theirs come in. Each sends their own only; somebody
// who joins gets them from each of the others.

import { Board } from './board.js';
import { decode, encode, MOST_POINTS } from './strokes.js';

/** @import {Address, Mutiny} from '@mutiny/app' */
/** @import {Point, Points, RubOut} from './strokes.js' */
/** @import {Stroke} from './board.js' */

/** Milliseconds for which the points of a moving pen are gathered into one message. */
const BEAT = 40;

/**
 * @typedef {object} Shelf
 * @property {() => Promise<{strokes: Stroke[], members: string[]}>} all
 * @property {(changed: Stroke | null, gone: string[]) => Promise<void>} put
 * @property {(member: string) => Promise<void>} greeted
 */

/** @param {Address} address */
const nameOf = ({ peer, instance }) => `${peer}/${instance}`;

/** Tells `change` whenever there is something to draw. */
export class Shared extends EventTarget {
  board = new Board();
  #mutiny;
  #shelf;
  #me;
  /** Whom the own strokes were sent to. @type {Set<string>} */
  #greeted = new Set();
  /** @type {Address[]} */
  #members = [];
  #next = 0;
  /** The stroke that is being drawn: what of it was sent. @type {Points | null} */
  #pen = null;
  /** @type {Point[]} */
  #waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #beat;
  /** Messages go out one after the other. @type {Promise<unknown>} */
  #outgoing = Promise.resolve();

  /** @param {Mutiny} mutiny @param {Shelf} shelf @param {Address} me */
  constructor(mutiny, shelf, me) {
    super();
    this.#mutiny = mutiny;
    this.#shelf = shelf;
    this.#me = nameOf(me);
  }

  get mine() {
    return this.board.of(this.#me);
  }

  async start() {
    const { strokes, members } = await this.#shelf.all();
    for (const stroke of strokes) this.board.restore(stroke);
    this.#greeted = new Set(members);
    this.#next = Math.max(-1, ...this.mine.map(({ stroke }) => stroke)) + 1;
    await this.greet();
  }

  /** Learns anew who takes part, and sends the own strokes to whoever has not had them. */
  async greet() {
    const correspondents = await this.#mutiny.invitations();
    this.#members = correspondents.flatMap(({ peer, instance }) => (instance === null ? [] : { peer, instance }));
    for (const member of this.#members.filter((member) => !this.#greeted.has(nameOf(member)))) {
      this.#greeted.add(nameOf(member));
      const changes = this.mine.map((stroke) => encode({ kind: 'points', start: 0, ...stroke }));
      await this.#inTurn(async () => {
        for (const change of changes) await this.#mutiny.send(member, change);
        await this.#shelf.greeted(nameOf(member));
      });
    }
  }

  /** The pen touches the board. @param {number} colour @param {number} width @param {Point} point */
  begin(colour, width, point) {
    this.end();
    this.#pen = { kind: 'points', stroke: this.#next++, colour, width, start: 0, points: [] };
    this.move(point);
  }

  /** The pen moves. @param {Point} point */
  move(point) {
    if (!this.#pen) return;
    this.#waiting.push(point);
    // What one draws oneself is seen at once.
    this.dispatchEvent(new Event('change'));
    this.#beat ??= setTimeout(() => this.#flush(), BEAT);
    if (this.#pen.start + this.#waiting.length < MOST_POINTS) return;
    const { colour, width } = this.#pen;
    this.begin(colour, width, point);
  }

  /** The pen leaves the board. */
  end() {
    this.#flush();
    this.#pen = null;
  }

  /** The stroke under the pen, as far as it has not been sent. @returns {Stroke | null} */
  get wet() {
    if (!this.#pen) return null;
    const { stroke, colour, width } = this.#pen;
    const dry = this.mine.find((it) => it.stroke === stroke);
    return { author: this.#me, stroke, colour, width, points: [...(dry?.points.slice(-1) ?? []), ...this.#waiting] };
  }

  /** Takes the last own stroke away. */
  undo() {
    const last = this.mine.at(-1);
    if (last) this.#change({ kind: 'rub-out', stroke: last.stroke });
  }

  /** Takes all own strokes away. */
  clear() {
    for (const { stroke } of this.mine) this.#change({ kind: 'rub-out', stroke });
  }

  /** Takes strokes from the inbox for as long as the page lives. */
  async receive() {
    for await (const entry of this.#mutiny) {
      if (entry.kind === 'failure') continue;
      const change = decode(entry.data);
      if (!change) continue;
      const { changed, gone } = this.board.apply(nameOf(entry.from), change);
      await this.#shelf.put(changed, gone);
      this.dispatchEvent(new Event('change'));
    }
  }

  #flush() {
    clearTimeout(this.#beat);
    this.#beat = undefined;
    if (!this.#pen || this.#waiting.length === 0) return;
    const points = this.#waiting;
    this.#waiting = [];
    const change = { ...this.#pen, points };
    this.#pen = { ...this.#pen, start: this.#pen.start + points.length };
    this.#change(change);
  }

  /** @param {Points | RubOut} change */
  #change(change) {
    const { changed, gone } = this.board.apply(this.#me, change);
    this.dispatchEvent(new Event('change'));
    const members = this.#members;
    const bytes = encode(change);
    this.#inTurn(async () => {
      await this.#shelf.put(changed, gone);
      await Promise.all(members.map((member) => this.#mutiny.send(member, bytes)));
    });
  }

  /** @param {() => Promise<void>} act */
  #inTurn(act) {
    const done = this.#outgoing.then(act);
    this.#outgoing = done.catch((error) => this.dispatchEvent(new CustomEvent('problem', { detail: error })));
    return this.#outgoing;
  }
}
