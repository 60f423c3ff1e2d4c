// What is on the board: the strokes of everybody. Each author only ever changes strokes of their own, and their messages come in
// order, so two boards that have heard the same authors show the same, with nothing to agree on.

import { MOST_POINTS } from './strokes.js';

/** @import {Point, Points, RubOut} from './strokes.js' */

/** Most strokes that are kept of one author: the oldest go first. */
export const MOST_STROKES = 2000;

/** @typedef {{author: string, stroke: number, colour: number, width: number, points: Point[]}} Stroke */

/** @param {{author: string, stroke: number}} stroke */
export const keyOf = ({ author, stroke }) => `${author} ${stroke}`;

export class Board {
  /** In the order in which they were begun. @type {Map<string, Stroke>} */
  #strokes = new Map();

  get strokes() {
    return this.#strokes.values();
  }

  /** @param {string} author */
  of(author) {
    return [...this.#strokes.values()].filter((stroke) => stroke.author === author);
  }

  /** Puts back a stroke that was kept. @param {Stroke} stroke */
  restore(stroke) {
    this.#strokes.set(keyOf(stroke), stroke);
  }

  /**
   * Carries out a change. Points that are there already, or that do not follow the ones before, change nothing.
   * @param {string} author
   * @param {Points | RubOut} change
   * @returns {{changed: Stroke | null, gone: string[]}} what is to be kept now, and what no longer
   */
  apply(author, change) {
    const key = keyOf({ author, stroke: change.stroke });
    const known = this.#strokes.get(key);
    if (change.kind === 'rub-out') return { changed: null, gone: this.#strokes.delete(key) ? [key] : [] };
    const { stroke, colour, width, start, points } = change;
    const has = known?.points.length ?? 0;
    if (start > has || start + points.length <= has || has >= MOST_POINTS) return { changed: null, gone: [] };
    const all = [...(known?.points ?? []), ...points.slice(has - start)];
    const changed = { author, stroke, colour: known?.colour ?? colour, width: known?.width ?? width, points: all };
    this.#strokes.set(key, changed);
    return { changed, gone: known ? [] : this.#forgetOldest(author) };
  }

  /** @param {string} author */
  #forgetOldest(author) {
    const gone = this.of(author).slice(0, -MOST_STROKES).map(keyOf);
    for (const key of gone) this.#strokes.delete(key);
    return gone;
  }
}
