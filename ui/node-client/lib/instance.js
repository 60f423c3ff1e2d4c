import { decode, encode } from './body.js';
import { MutinyError } from './error.js';
import { Listeners } from './listeners.js';

/** @typedef {import('../index.d.ts').Instance} Public */

/**
 * One identity of an app.
 * @implements {Public}
 */
export class Instance {
  /** @type {Listeners<import('../index.d.ts').InstanceEvents>} */
  #listeners = new Listeners();
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** How often it was woken. */
  #woken = 0;

  /**
   * @param {import('../index.d.ts').Peer} peer
   * @param {string} id
   */
  constructor(peer, id) {
    this.peer = peer;
    this.id = id;
    this.address = { peer: peer.id, instance: id };
  }

  /** @param {string} peer */
  async invite(peer) {
    await this.#call('invite', { peer });
  }

  async invitations() {
    return /** @type {import('../index.d.ts').Correspondent[]} */ (await this.#call('correspondents'));
  }

  /**
   * @param {import('../index.d.ts').Address} to
   * @param {unknown} data
   * @param {{ deadline?: number }} [options]
   */
  async send(to, data, { deadline } = {}) {
    const { peer, instance } = to;
    const args = { to: { peer, instance }, body: encode(data), ...(deadline === undefined ? {} : { deadline }) };
    return /** @type {string} */ (await this.#call('send', args));
  }

  /** @param {string} message */
  async status(message) {
    return /** @type {import('../index.d.ts').MessageState} */ (await this.#call('status', { message }));
  }

  async read() {
    return decode(await this.#call('read'));
  }

  /** @param {string} [entry] */
  async next(entry) {
    return decode(await this.#call('next', entry === undefined ? {} : { entry }));
  }

  /** @returns {AsyncGenerator<import('../index.d.ts').Entry, void, void>} */
  async *[Symbol.asyncIterator]() {
    try {
      for (;;) {
        // Looked at before reading, so that nothing can come in between.
        const before = this.#woken;
        const entry = await this.read();
        if (entry !== null) {
          yield entry;
          await this.next(entry.id);
        } else if (before === this.#woken) {
          await new Promise((resolve) => this.#waiting.add(() => resolve(undefined)));
        }
      }
    } catch (error) {
      if (!(error instanceof MutinyError && error.code === 'Closed')) throw error;
    }
  }

  /**
   * @template {keyof import('../index.d.ts').InstanceEvents} Type
   * @param {Type} type
   * @param {(event: import('../index.d.ts').InstanceEvents[Type]) => void} listener
   */
  on(type, listener) {
    return this.#listeners.on(type, listener);
  }

  /**
   * The peer hands on what it was told.
   * @param {import('../index.d.ts').InstanceEvents[keyof import('../index.d.ts').InstanceEvents]} event
   */
  tell(event) {
    if (event.type === 'message') this.wake();
    this.#listeners.tell(event.type, /** @type {any} */ (event));
  }

  /** Has those who wait for an entry look again. */
  wake() {
    this.#woken += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /**
   * @param {string} call
   * @param {Record<string, unknown>} [args]
   */
  #call(call, args) {
    return this.peer.call(call, { instance: this.id, ...args });
  }
}
