// The transfers: files on their way, in both directions. No page and no database in here: both are handed in.
//
// The sender offers a file, the receiver says from which part it wants it, and the parts follow, a few at a time. Whenever
// something broke (a window was closed, a part was too late), the sender offers again: messages come in order, so by
// then the receiver has had every part that will come of those sent before, and knows where to go on.

import { countOf, decode, encode, isId, lengthOf, newId, PART } from './parts.js';

/** @import {Address, Entry, Mutiny} from '@mutiny/app' */

/** Parts that are under way at a time. More would only fill the outbox. */
const UNDER_WAY = 8;
/** The largest file that is taken, and the longest name, from anybody. */
export const MOST = { bytes: 512 * 1024 * 1024, name: 200, files: 1000 };

/**
 * A file on its way.
 * @typedef {object} Transfer
 * @property {string} id
 * @property {'out' | 'in'} way
 * @property {string} with the other side: `peer/instance`
 * @property {string} name
 * @property {number} size in bytes
 * @property {number} at when it was offered, milliseconds since the Unix epoch
 * @property {number} done parts that have arrived, as far as this side knows
 * @property {'offered' | 'moving' | 'paused' | 'done' | 'stopped'} state
 */

/**
 * @typedef {object} Shelf
 * @property {() => Promise<Transfer[]>} all
 * @property {(transfer: Transfer) => Promise<void>} put
 * @property {(id: string, file: Blob) => Promise<void>} putFile
 * @property {(id: string) => Promise<Blob | undefined>} file what is sent
 * @property {(transfer: Transfer, index: number, content: Uint8Array<ArrayBuffer>) => Promise<void>} putPart keeps a part and where
 *   the transfer stands, both or neither
 * @property {(id: string, count: number) => Promise<Blob>} parts what was received
 * @property {(id: string) => Promise<void>} remove
 */

/** @param {{peer: string, instance: string | null}} address */
export const keyOf = ({ peer, instance }) => `${peer}/${instance}`;

/** @param {string} key @returns {Address} */
const addressOf = (key) => {
  const [peer = '', instance = ''] = key.split('/');
  return { peer, instance };
};

/** Tells `change` when a transfer has changed. */
export class Transfers extends EventTarget {
  #mutiny;
  #shelf;
  #part;
  /** @type {Map<string, Transfer>} */
  #all = new Map();
  /** Parts under way, by the message's id. @type {Map<string, string>} */
  #underWay = new Map();
  /**
   * The next part to be sent, and whether somebody is at it. Each word of the other side's about where to go on makes a place anew.
   * Files that are not here wait for such a word.
   * @type {Map<string, {index: number, busy: boolean}>}
   */
  #next = new Map();

  /** @param {Mutiny} mutiny @param {Shelf} shelf @param {number} part bytes of a part; both sides have to agree on it */
  constructor(mutiny, shelf, part = PART) {
    super();
    this.#mutiny = mutiny;
    this.#shelf = shelf;
    this.#part = part;
  }

  /** Takes up again what the last page left undone. */
  async start() {
    for (const transfer of await this.#shelf.all()) this.#all.set(transfer.id, transfer);
    this.#mutiny.on('delivery', ({ id, state }) => void this.#ended(id, state === 'delivered').catch(() => {}));
    for (const transfer of this.#all.values()) {
      if (transfer.way === 'out' && isOpen(transfer)) await this.#offer(transfer);
      // The page may have gone before it said so the first time.
      if (transfer.way === 'in' && transfer.state === 'moving')
        await this.#say(transfer, { want: transfer.id, from: transfer.done });
    }
  }

  /** Every transfer, newest first. */
  get list() {
    return [...this.#all.values()].sort((a, b) => b.at - a.at);
  }

  /** Offers a file to somebody. @param {string} to @param {File} file */
  async send(to, file) {
    if (file.size === 0)
      throw new Error(`“${file.name}” is empty, or a folder. Choose a file that has something in it.`);
    if (file.size > MOST.bytes)
      throw new Error(`“${file.name}” is larger than 512 MB, which is the most this app carries.`);
    const id = newId();
    await this.#shelf.putFile(id, file);
    /** @type {Transfer} */
    const transfer = {
      id,
      way: 'out',
      with: to,
      name: file.name.slice(0, MOST.name),
      size: file.size,
      at: Date.now(),
      done: 0,
      state: 'offered',
    };
    await this.#keep(transfer);
    await this.#offer(transfer);
  }

  /** Accepts a file that was offered. @param {string} id */
  async accept(id) {
    const transfer = this.#all.get(id);
    if (transfer?.way !== 'in' || transfer.state !== 'offered') return;
    await this.#keep({ ...transfer, state: 'moving' });
    await this.#say(transfer, { want: id, from: transfer.done });
  }

  /** Ends a transfer that is not finished, on both sides; forgets one that is. @param {string} id */
  async drop(id) {
    const transfer = this.#all.get(id);
    if (!transfer) return;
    await this.#shelf.remove(id);
    this.#all.delete(id);
    this.#next.delete(id);
    this.dispatchEvent(new Event('change'));
    if (isOpen(transfer)) await this.#say(transfer, { stop: id });
  }

  /** Tries again after a pause. @param {string} id */
  async resume(id) {
    const transfer = this.#all.get(id);
    if (transfer?.way === 'out' && isOpen(transfer)) await this.#offer(transfer);
  }

  /** What was received. @param {string} id */
  async file(id) {
    const transfer = this.#all.get(id);
    if (transfer?.way !== 'in' || transfer.state !== 'done') throw new Error('This file has not arrived yet.');
    return this.#shelf.parts(id, this.#count(transfer));
  }

  /** Takes parts and words from the inbox for as long as the page lives. */
  async receive() {
    for await (const entry of this.#mutiny) {
      if (entry.kind === 'failure') await this.#ended(entry.message, false);
      else if (entry.data instanceof Uint8Array) await this.#arrived(keyOf(entry.from), entry.data);
      else await this.#word(keyOf(entry.from), entry.data);
    }
  }

  /** @param {string} from @param {Uint8Array} bytes */
  async #arrived(from, bytes) {
    const { id, index, content } = decode(bytes) ?? { id: '', index: 0, content: new Uint8Array() };
    const transfer = this.#all.get(id);
    if (transfer?.way !== 'in' || transfer.with !== from || transfer.state !== 'moving') return;
    // A part that was sent again, or one after a gap: an offer will follow.
    if (index !== transfer.done || content.length !== lengthOf(transfer.size, index, this.#part)) return;
    const done = index + 1;
    const state = done === this.#count(transfer) ? 'done' : 'moving';
    /** @type {Transfer} */
    const now = { ...transfer, done, state };
    await this.#shelf.putPart(now, index, content);
    this.#changed(now);
  }

  /** @param {string} from @param {Extract<Entry, {kind: 'message'}>['data']} data */
  async #word(from, data) {
    const word = /** @type {Record<string, unknown>} */ (Object(data));
    const id = word['offer'] ?? word['want'] ?? word['stop'];
    if (!isId(id)) return;
    const transfer = this.#all.get(id);
    if (transfer && transfer.with !== from) return;
    if ('offer' in word) await this.#offered(from, id, transfer, word);
    else if (!transfer) return;
    else if ('want' in word) await this.#wanted(transfer, word['from']);
    else if (isOpen(transfer)) await this.#keep({ ...transfer, state: 'stopped' });
  }

  /** @param {string} from @param {string} id @param {Transfer | undefined} known @param {Record<string, unknown>} offer */
  async #offered(from, id, known, { name, size, again }) {
    if (known) {
      // The other side has had every part that is to come of those before: it says where to go on.
      if (known.way === 'in' && known.state !== 'offered') await this.#say(known, { want: id, from: known.done });
      return;
    }
    const inOrder =
      typeof name === 'string' &&
      name !== '' &&
      name.length <= MOST.name &&
      Number.isSafeInteger(size) &&
      Number(size) > 0 &&
      Number(size) <= MOST.bytes &&
      this.#all.size < MOST.files;
    // Nor is something taken up again that was declined.
    if (!inOrder || again === true) return this.#mutiny.send(addressOf(from), { stop: id }).then(() => {});
    await this.#keep({
      id,
      way: 'in',
      with: from,
      name,
      size: Number(size),
      at: Date.now(),
      done: 0,
      state: 'offered',
    });
  }

  /** @param {Transfer} transfer @param {unknown} from */
  async #wanted(transfer, from) {
    const count = this.#count(transfer);
    if (transfer.way !== 'out' || transfer.state === 'stopped') return;
    if (!Number.isSafeInteger(from) || Number(from) < 0 || Number(from) > count) return;
    const done = Number(from);
    await this.#keep({ ...transfer, done, state: done === count ? 'done' : 'moving' });
    this.#leave(transfer.id);
    this.#next.set(transfer.id, { index: done, busy: false });
    await this.#fill(transfer.id);
  }

  /** Sends parts until enough are under way. @param {string} id */
  async #fill(id) {
    const place = this.#next.get(id);
    // One at a time: of two parts that are read side by side, the later could be sent first.
    if (!place || place.busy) return;
    place.busy = true;
    const isCurrent = () => this.#next.get(id) === place;
    while (this.#hasMore(id, place)) {
      try {
        const content = await this.#read(id, place.index);
        if (!isCurrent()) break;
        const { with: to } = /** @type {Transfer} */ (this.#all.get(id));
        const message = await this.#mutiny.send(addressOf(to), encode(id, place.index, content));
        // The other side has said meanwhile where to go on: this part is not counted.
        if (!isCurrent()) break;
        this.#underWay.set(message, id);
        place.index += 1;
      } catch {
        if (isCurrent()) await this.#pause(id);
        break;
      }
    }
    place.busy = false;
  }

  /** Whether a part is to be sent now. @param {string} id @param {{index: number}} place */
  #hasMore(id, place) {
    const transfer = this.#all.get(id);
    if (transfer?.state !== 'moving' || this.#next.get(id) !== place || place.index >= this.#count(transfer))
      return false;
    return [...this.#underWay.values()].filter((other) => other === id).length < UNDER_WAY;
  }

  /** The content of a part. @param {string} id @param {number} index */
  async #read(id, index) {
    const file = await this.#shelf.file(id);
    if (!file) throw new Error('The file is gone.');
    return new Uint8Array(await file.slice(index * this.#part, (index + 1) * this.#part).arrayBuffer());
  }

  /** A part has arrived, or never will. @param {string} message @param {boolean} delivered */
  async #ended(message, delivered) {
    const id = this.#underWay.get(message);
    if (id === undefined) return;
    this.#underWay.delete(message);
    const transfer = this.#all.get(id);
    if (transfer?.state !== 'moving') return;
    if (!delivered) return this.#pause(id);
    const done = transfer.done + 1;
    await this.#keep({ ...transfer, done, state: done === this.#count(transfer) ? 'done' : 'moving' });
    await this.#fill(id);
  }

  /** @param {string} id */
  async #pause(id) {
    const transfer = this.#all.get(id);
    this.#next.delete(id);
    if (transfer && isOpen(transfer)) await this.#keep({ ...transfer, state: 'paused' });
  }

  /** @param {Transfer} transfer */
  async #offer({ id, name, size, state, with: to }) {
    this.#next.delete(id);
    this.#leave(id);
    await this.#mutiny.send(addressOf(to), { offer: id, name, size, again: state !== 'offered' });
  }

  /** Parts that are under way count no more: the other side says where to go on. @param {string} id */
  #leave(id) {
    for (const [message, other] of this.#underWay) if (other === id) this.#underWay.delete(message);
  }

  /** @param {Transfer} transfer @param {Record<string, string | number>} word */
  async #say(transfer, word) {
    await this.#mutiny.send(addressOf(transfer.with), word);
  }

  /** @param {Transfer} transfer */
  #count({ size }) {
    return countOf(size, this.#part);
  }

  /** @param {Transfer} transfer */
  async #keep(transfer) {
    // First here, since words of two parts may come at once.
    this.#changed(transfer);
    await this.#shelf.put(transfer);
  }

  /** @param {Transfer} transfer */
  #changed(transfer) {
    this.#all.set(transfer.id, transfer);
    this.dispatchEvent(new Event('change'));
  }
}

/** @param {Transfer} transfer */
export const isOpen = ({ state }) => state !== 'done' && state !== 'stopped';
