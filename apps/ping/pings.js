// Pings and pongs as messages: `{ping: key}` is answered by `{pong: key}`.

/** @import {Address, Entry, Mutiny} from '@mutiny/app' */

/** A ping that did not get through in this time is not worth being delivered any more. */
const DEADLINE = 10_000;

/** An answer later than this tells when the other window was opened, and nothing of the way there and back. */
const PATIENCE = 5_000;

/** Round trips remembered for each address. */
const KEPT = 30;

/** @param {Address} address */
export const keyOf = ({ peer, instance }) => `${peer}/${instance}`;

/**
 * How it stands with one address.
 *
 * @typedef {object} Track
 * @property {number[]} times the latest round trips, in milliseconds, oldest first
 * @property {{key: string, since: number, id?: string} | null} flying the ping that has not come back yet
 * @property {string | null} problem why the last ping did not come back, as a sentence
 */

/** Tells `change` whenever a track changed. */
export class Pings extends EventTarget {
  #mutiny;
  #now;
  /** @type {Map<string, Track>} */
  #tracks = new Map();
  #count = 0;
  /** Sets the pings of this page apart from those of the page before. */
  #page = crypto.getRandomValues(new Uint32Array(1))[0];

  /**
   * @param {Mutiny} mutiny
   * @param {() => number} now milliseconds of a clock that never jumps
   */
  constructor(mutiny, now = () => performance.now()) {
    super();
    this.#mutiny = mutiny;
    this.#now = now;
  }

  /** @param {Address} address @returns {Track} */
  track(address) {
    const key = keyOf(address);
    const known = this.#tracks.get(key);
    if (known) return known;
    /** @type {Track} */
    const track = { times: [], flying: null, problem: null };
    this.#tracks.set(key, track);
    return track;
  }

  /** The other side has not answered for so long that its window is most likely closed. @param {Address} address */
  isLate(address) {
    const { flying } = this.track(address);
    return flying !== null && this.#now() - flying.since > PATIENCE;
  }

  /** Sends a ping, unless one is still on its way: an absent friend comes back to one ping, not to a thousand. @param {Address} to */
  async ping(to) {
    const track = this.track(to);
    if (track.flying) return;
    const flying = { key: `${this.#page}-${++this.#count}`, since: this.#now() };
    track.flying = flying;
    try {
      const id = await this.#mutiny.send(to, { ping: flying.key }, { deadline: DEADLINE });
      Object.assign(flying, { id });
    } catch (error) {
      track.flying = null;
      track.problem = error instanceof Error ? error.message : String(error);
    }
    this.#changed();
  }

  /** Answers pings and takes pongs, for as long as the page lives. */
  async receive() {
    for await (const entry of this.#mutiny) {
      if (entry.kind === 'failure') this.#failed(entry.message, keyOf(entry.to));
      else await this.#arrived(entry);
    }
  }

  /** @param {Extract<Entry, {kind: 'message'}>} message */
  async #arrived({ from, data }) {
    const { ping, pong } = /** @type {{ping?: unknown, pong?: unknown}} */ (Object(data));
    // Whoever may ping but cannot be answered gets no answer; the next one in the inbox does.
    if (typeof ping === 'string') await this.#mutiny.send(from, { pong: ping }, { deadline: DEADLINE }).catch(() => {});
    const track = this.track(from);
    if (typeof pong !== 'string' || pong !== track.flying?.key) return;
    if (!this.isLate(from)) track.times = [...track.times, this.#now() - track.flying.since].slice(-KEPT);
    track.flying = null;
    track.problem = null;
    this.#changed();
  }

  /** @param {string} id @param {string} key */
  #failed(id, key) {
    const track = this.#tracks.get(key);
    if (!track?.flying || track.flying.id !== id) return;
    track.flying = null;
    track.problem = 'No answer.';
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** The value in the middle. @param {number[]} times */
export const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

/** @param {number} ms */
export const duration = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);
