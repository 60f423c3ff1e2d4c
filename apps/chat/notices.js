// Says on the desktop who writes, and what, to a person who looks elsewhere. Only where they want it, and Mutiny asks them too: without
// it, Mutiny itself still tells that something came and from whom.

import { shown } from './words.js';

/** Where it is kept that the person wants this. */
const KEY = 'notices';

/** @typedef {'on' | 'off' | 'refused'} Standing */

/** Tells `change` when the person took back what they allowed. */
export class Notices extends EventTarget {
  #mutiny;
  #kept;

  /**
   * @param {Pick<import('@mutiny/app').Mutiny, 'notify'>} mutiny
   * @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} kept
   */
  constructor(mutiny, kept) {
    super();
    this.#mutiny = mutiny;
    this.#kept = kept;
  }

  get wanted() {
    return this.#kept.getItem(KEY) === 'on';
  }

  /** The person wants it: the first time, Mutiny asks whether Chat may. @returns {Promise<Standing>} */
  async begin() {
    this.#kept.setItem(KEY, 'on');
    return this.#say({ text: 'New messages are shown here while you look elsewhere.' });
  }

  end() {
    this.#kept.removeItem(KEY);
  }

  /**
   * A message came.
   * @param {{name: string, nickname?: string | undefined} | undefined} from
   * @param {string | null} text
   */
  async tell(from, text) {
    if (!this.wanted) return;
    const { name, nickname } = from ?? { name: 'Someone' };
    // Anybody can call themselves anything, so Mutiny's name for them comes first.
    const title = nickname ? `${name} “${nickname}”` : name;
    const standing = await this.#say({ title, text: shown(text) });
    if (standing !== 'on') this.dispatchEvent(new CustomEvent('change', { detail: standing }));
  }

  /** @param {import('@mutiny/app').AppNotification} notification @returns {Promise<Standing>} */
  async #say(notification) {
    try {
      await this.#mutiny.notify(notification);
      return 'on';
    } catch (error) {
      const { code } = Object(error);
      // Mutiny is closing, or the disk is full: what the person wants is still the same.
      if (code !== 'PermissionDenied' && code !== 'Busy') return 'on';
      this.end();
      return code === 'Busy' ? 'off' : 'refused';
    }
  }
}
