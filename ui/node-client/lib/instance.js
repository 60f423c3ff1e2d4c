import { checkAddress, checkDeadline, checkId } from './arguments.js';
import { decode, encode, exactly } from './body.js';
import { MutinyError } from './error.js';

/** @typedef {import('../index.d.ts').Instance} Public */
/** @typedef {import('../index.d.ts').Events} Events */
/** @typedef {import('../index.d.ts').Address} Address */
/** @typedef {import('../index.d.ts').App} App */
/** @typedef {import('../index.d.ts').Limits} Limits */
/** @typedef {import('../index.d.ts').Delivered | import('../index.d.ts').Failed} Ended */
/** @typedef {{ address: Address, name: string, label: string, app: App, limits: Limits }} Introduction */

/** An own message came to its end. */
class DeliveryEvent extends Event {
  /** @type {'delivery'} */
  type = 'delivery';

  /**
   * @param {string} id
   * @param {Ended} status
   */
  constructor(id, status) {
    super('delivery');
    this.id = id;
    this.state = status.state;
    this.reason = status.state === 'failed' ? status.reason : null;
    this.outcome = status.state === 'failed' ? status.outcome : null;
  }
}

/**
 * One identity of an app.
 * @implements {Public}
 */
export class Instance {
  MutinyError = MutinyError;
  #events = new EventTarget();
  /** Sends that have no answer yet. @type {Set<Promise<unknown>>} */
  #sending = new Set();
  #deliveries = Promise.resolve();
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** How often it was woken. */
  #woken = 0;

  /**
   * @param {import('../index.d.ts').Peer} host
   * @param {string} id
   */
  constructor(host, id) {
    this.host = host;
    this.id = id;
    this.address = { peer: host.id, instance: id };
  }

  // An instance is handed out by a peer that answers already.
  ready = Promise.resolve();

  get instance() {
    return this.#introduction().then(({ address, label, app }) => ({ ...address, label, app }));
  }

  get peer() {
    return this.#introduction().then(({ address, name }) => ({ id: address.peer, name }));
  }

  get limits() {
    return this.#introduction().then(({ limits }) => limits);
  }

  async peers() {
    return /** @type {import('../index.d.ts').AppPeer[]} */ (await this.#call('app_peers'));
  }

  /** @param {string} peer */
  async invite(peer) {
    if (typeof peer !== 'string' || peer === '')
      throw new MutinyError(
        'InvalidArgument',
        'Pass the id of a peer to invite. Without windows nobody can choose one.',
      );
    return /** @type {import('../index.d.ts').Person} */ (await this.#call('invite', { peer }));
  }

  async invitations() {
    return /** @type {import('../index.d.ts').Correspondent[]} */ (await this.#call('correspondents'));
  }

  /** @param {import('../index.d.ts').JsonValue} value */
  async announce(value) {
    await this.#call('announce', { value: exactly(value, 'the announcement') });
  }

  async announcements() {
    return /** @type {import('../index.d.ts').Announcement[]} */ (await this.#call('announcements'));
  }

  /**
   * @param {import('../index.d.ts').Address} to
   * @param {unknown} data
   * @param {import('../index.d.ts').SendOptions} [options]
   */
  async send(to, data, options) {
    const args = { to: checkAddress(to), body: encode(data), ...checkDeadline(options?.deadline) };
    const sent = this.#call('send', args);
    this.#sending.add(sent);
    try {
      return /** @type {string} */ (await sent);
    } finally {
      this.#sending.delete(sent);
    }
  }

  /** @param {string} message */
  async status(message) {
    const args = { message: checkId(message, 'The message') };
    return /** @type {import('../index.d.ts').Status} */ (await this.#call('status', args));
  }

  async read() {
    return decode(await this.#call('read'));
  }

  /** @param {string} [entry] */
  async next(entry) {
    return decode(await this.#call('next', entry === undefined ? {} : { entry: checkId(entry, 'The entry') }));
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
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   */
  on(type, listener) {
    this.addEventListener(type, listener);
    return () => this.removeEventListener(type, listener);
  }

  /**
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   * @param {import('../index.d.ts').ListenOptions} [options]
   */
  addEventListener(type, listener, options) {
    this.#events.addEventListener(type, /** @type {(event: Event) => void} */ (listener), options);
  }

  /**
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   */
  removeEventListener(type, listener) {
    this.#events.removeEventListener(type, /** @type {(event: Event) => void} */ (listener));
  }

  /**
   * The peer hands on what it was told.
   * @param {{ type: string, id?: unknown, state?: unknown }} event
   */
  tell(event) {
    if (event.type === 'message') this.wake();
    if (event.type === 'delivery') return this.#tellDelivery(String(event.id), /** @type {Ended} */ (event));
    this.#events.dispatchEvent(new Event(event.type));
  }

  /** Events were left out: there may be news of everything. */
  tellAnew() {
    for (const type of ['message', 'peer', 'invitation', 'announcement']) this.tell({ type });
  }

  /** Has those who wait for an entry look again. */
  wake() {
    this.#woken += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /**
   * Word of a delivery may come before the answer to its `send`: it is held back until the sends of that moment have
   * resolved and their callers had a turn, as it is for pages.
   * @param {string} id
   * @param {Ended} status
   */
  #tellDelivery(id, status) {
    const earlier = [...this.#sending];
    this.#deliveries = this.#deliveries.then(async () => {
      if (earlier.length > 0) {
        await Promise.allSettled(earlier);
        await new Promise((resolve) => setImmediate(resolve));
      }
      this.#events.dispatchEvent(new DeliveryEvent(id, status));
    });
  }

  async #introduction() {
    return /** @type {Introduction} */ (await this.#call('introduction'));
  }

  /**
   * @param {string} call
   * @param {Record<string, unknown>} [args]
   */
  #call(call, args) {
    return this.host.call(call, { instance: this.id, ...args });
  }
}
