import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { MutinyError } from './error.js';
import { Instance } from './instance.js';
import { Listeners } from './listeners.js';
import { Wire } from './wire.js';

/** How long a call may take, unless told otherwise. */
const TIMEOUT = 30_000;

/** @typedef {import('../index.d.ts').Peer} Public */

/**
 * A Mutiny peer, as a process of its own.
 * @implements {Public}
 */
export class Peer {
  /** @type {Listeners<import('../index.d.ts').PeerEvents>} */
  #listeners = new Listeners();
  /** @type {Map<string, Instance>} */
  #instances = new Map();
  #wire;
  id = '';
  version = '';

  /**
   * @param {import('../index.d.ts').PeerOptions} options
   * @param {() => void} ready
   */
  constructor(options, ready) {
    const program = options.program ?? (process.env['MUTINY_NODE'] || 'mutiny-node');
    this.#wire = new Wire(program, args(options), {
      timeout: options.timeout ?? TIMEOUT,
      log: options.log ?? ((line) => void process.stderr.write(`${line}\n`)),
      told: (event) => this.#told(event, ready),
      stray: (line) => this.#listeners.tell('stray', { line }),
    });
    this.exited = this.#wire.exited;
    void this.exited.then((exit) => {
      // Loops that wait for an entry learn that there will be none.
      for (const instance of this.#instances.values()) instance.wake();
      this.#listeners.tell('exit', exit);
    });
  }

  /** @param {import('../index.d.ts').PeerOptions} [options] */
  static async start(options = {}) {
    /** @type {() => void} */
    let isReady = () => {};
    /** @type {Promise<null>} */
    const ready = new Promise((resolve) => (isReady = () => resolve(null)));
    const peer = new Peer(options, () => isReady());
    const exit = await Promise.race([ready, peer.exited]);
    if (exit === null) return peer;
    const said = peer.#wire.lastWords;
    if (said.includes('ENOENT')) {
      throw new MutinyError(
        'NotFound',
        'There is no program mutiny-node. Install Mutiny, or name it as `program` or in MUTINY_NODE.',
      );
    }
    throw new MutinyError('StartFailed', said.replace(/^mutiny-node: /, '') || 'The peer did not start.', exit.code);
  }

  get pid() {
    return this.#wire.process.pid;
  }

  async me() {
    return /** @type {import('../index.d.ts').Me} */ (await this.call('me'));
  }

  /** @param {string} name */
  async setName(name) {
    await this.call('set_name', { name });
  }

  async peers() {
    return /** @type {import('../index.d.ts').KnownPeer[]} */ (await this.call('peers'));
  }

  /** @param {string} link */
  async addContact(link) {
    return /** @type {import('../index.d.ts').KnownPeer} */ (await this.call('add_contact', { link }));
  }

  /**
   * @param {string | URL} folder
   * @returns {Promise<Instance>}
   */
  open(folder) {
    return this.#instance('instance_for', folder);
  }

  /**
   * @param {string | URL} folder
   * @returns {Promise<Instance>}
   */
  add(folder) {
    return this.#instance('add_app', folder);
  }

  async invitations() {
    return /** @type {import('../index.d.ts').Invitation[]} */ (await this.call('invitations'));
  }

  /**
   * @param {import('../index.d.ts').Invitation | string} invitation
   * @param {import('../index.d.ts').Instance | string} instance
   */
  async accept(invitation, instance) {
    await this.call('accept_invitation', {
      invitation: idOf(invitation),
      with: { with: 'existing', instance: idOf(instance) },
    });
  }

  /** @param {import('../index.d.ts').Invitation | string} invitation */
  async decline(invitation) {
    await this.call('decline_invitation', { invitation: idOf(invitation) });
  }

  /**
   * @param {string} call
   * @param {Record<string, unknown>} [args]
   * @returns {Promise<unknown>}
   */
  call(call, args) {
    return this.#wire.call(call, args);
  }

  /**
   * @template {keyof import('../index.d.ts').PeerEvents} Type
   * @param {Type} type
   * @param {(event: import('../index.d.ts').PeerEvents[Type]) => void} listener
   */
  on(type, listener) {
    return this.#listeners.on(type, listener);
  }

  close() {
    return this.#wire.close();
  }

  kill() {
    return this.#wire.kill();
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }

  /**
   * @param {string} call
   * @param {string | URL} folder
   * @returns {Promise<Instance>}
   */
  async #instance(call, folder) {
    const path = folder instanceof URL ? fileURLToPath(folder) : folder;
    const { id } = /** @type {{ id: string }} */ (await this.call(call, { folder: path }));
    const known = this.#instances.get(id) ?? new Instance(this, id);
    this.#instances.set(id, known);
    return known;
  }

  /**
   * @param {any} event
   * @param {() => void} ready
   */
  #told(event, ready) {
    if (event.type === 'ready') {
      ({ peer: this.id, version: this.version } = event);
      ready();
    } else if (typeof event.instance === 'string') {
      const { instance, ...rest } = event;
      this.#instances.get(instance)?.tell(rest);
    } else {
      if (event.type === 'missed') for (const instance of this.#instances.values()) instance.tellAnew();
      const { type, ...rest } = event;
      this.#listeners.tell(type, rest);
    }
  }
}

/** @param {import('../index.d.ts').PeerOptions} options */
function args({ profile, dataDir, listen = [], mdns = true }) {
  const all = [];
  if (profile !== undefined) all.push('--profile', profile);
  if (dataDir !== undefined) all.push('--data-dir', dataDir);
  for (const address of [listen].flat()) all.push('--listen', address);
  if (!mdns) all.push('--no-mdns');
  return all;
}

/** @param {{ id: string } | string} thing */
function idOf(thing) {
  return typeof thing === 'string' ? thing : thing.id;
}
