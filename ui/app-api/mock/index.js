// Hosts in miniature. Each hears every packet that the others broadcast, and takes what is for it.

import { open } from './page.js';

/** @import {AppEvent, Body, Correspondent, Entry, FailureReason, JsonValue, Outcome, Status} from '../../bindings/core.ts' */
/** @import {Answers} from '../commands.d.ts' */
/** @import {MockOptions, MockPeer} from '@mutiny/app/mock' */
/** @typedef {{peer: string, instance: string}} Address */
/** @typedef {{name: string, at: Address, app: string, version: string, announced: JsonValue}} Card */
/** @typedef {{id: string, to: Address, sent: number, body: Body, timer: ReturnType<typeof setTimeout>}} Waiting */
/** @typedef {{broadcast(packet: any): void}} Air */

const LIMITS = { messageBytes: 1_048_576, announcementBytes: 16_384, deadline: 604_800_000 };

/** @param {string} code @param {string} message */
const refusal = (code, message) => ({ code, message });

class Host {
  /** @type {Map<string, Card>} */
  #others = new Map();
  /** @type {Map<string, Correspondent>} */
  #doors = new Map();
  /** @type {Entry[]} */
  #inbox = [];
  /** @type {Map<string, Waiting>} */
  #outbox = new Map();
  /** How own messages ended. @type {Map<string, Exclude<Status, {state: 'queued'}>>} */
  #ended = new Map();
  /** @type {(event: AppEvent) => void} */
  #wake = () => {};
  #online = true;
  #air;
  /** @type {Card} */
  #card;
  #options;

  /** @param {string} name @param {MockOptions} options @param {Air} air */
  constructor(name, options, air) {
    this.#air = air;
    this.#options = options;
    const { app = 'org.example.app', version = '1.0.0' } = options;
    const at = { peer: `mock-${crypto.randomUUID()}`, instance: crypto.randomUUID() };
    this.#card = { name, at, app, version, announced: null };
  }

  /** Gives a window its `mutiny`. @param {object} window */
  page(window) {
    /** @type {Map<number, (message: unknown) => void>} */
    const callbacks = new Map();
    let index = 0;
    /** @type {Answers} */
    const answers = {
      ...this.#answers,
      watch: ({ channel }) => {
        const id = Number(channel.replace('__CHANNEL__:', ''));
        this.#wake = (event) => callbacks.get(id)?.({ index: index++, message: event });
        return null;
      },
    };
    Object.defineProperty(window, '__TAURI_INTERNALS__', {
      configurable: true,
      value: {
        invoke: async (/** @type {string} */ command, /** @type {any} */ args, /** @type {any} */ options) => {
          const name = command.replace('plugin:instance|', '');
          if (!Object.hasOwn(answers, name)) throw refusal('Internal', `The mock knows no ${name}.`);
          const answer = answers[/** @type {keyof Answers} */ (name)];
          return structuredClone(await answer(structuredClone(args), options?.headers ?? {}));
        },
        transformCallback: (/** @type {(message: unknown) => void} */ callback) =>
          callbacks.set(callbacks.size, callback).size - 1,
        unregisterCallback: (/** @type {number} */ id) => void callbacks.delete(id),
      },
    });
    open(window);
  }

  /** @param {boolean} online */
  setOnline(online) {
    this.#online = online;
    if (online) return this.hello();
    this.#say({ kind: 'bye' }, true);
    this.#others.clear();
    this.#wake({ type: 'peer' });
    this.#wake({ type: 'announcement' });
  }

  hello() {
    this.#say({ kind: 'hello' });
  }

  /** @param {any} packet @param {boolean} [last] said while going offline */
  #say(packet, last = false) {
    if (this.#online || last) this.#air.broadcast(structuredClone({ ...packet, card: this.#card }));
  }

  /** @param {any} packet */
  hear({ kind, to, card, ...packet }) {
    if (!this.#online || card.at.peer === this.#card.at.peer || (to && to !== this.#card.at.peer)) return;
    const { peer } = card.at;
    if (kind === 'bye') {
      this.#others.delete(peer);
      this.#wake({ type: 'peer' });
      this.#wake({ type: 'announcement' });
      return;
    }
    const isNew = !this.#others.has(peer);
    this.#others.set(peer, card);
    if (isNew) {
      this.#wake({ type: 'peer' });
      this.#say({ kind: 'hello', to: peer });
      const asked = this.#doors.get(peer);
      if (asked && asked.instance === null) this.#say({ kind: 'invite', to: peer });
      for (const waiting of this.#outbox.values()) if (waiting.to.peer === peer) this.#post(waiting);
    }
    if (isNew || kind === 'announce') this.#wake({ type: 'announcement' });
    if (kind === 'invite' || kind === 'accept') {
      this.#door(card);
      if (kind === 'invite') this.#say({ kind: 'accept', to: peer });
    }
    if (kind === 'message') this.#arrive(card.at, packet);
    if (kind === 'delivered') this.#end(packet.id, { state: 'delivered' });
    if (kind === 'refused') this.#fail(packet.id, packet.reason, 'not-delivered');
  }

  /** @param {Card} card */
  #door({ at, name, version }) {
    this.#doors.set(at.peer, { peer: at.peer, instance: at.instance, name, online: true, version });
    this.#wake({ type: 'invitation' });
  }

  /** @param {Address} from @param {any} packet */
  #arrive(from, { id, target, sent, body }) {
    const reason =
      target !== this.#card.at.instance ? 'unknown-instance' : this.#doors.has(from.peer) ? null : 'not-invited';
    if (reason) return this.#say({ kind: 'refused', to: from.peer, id, reason });
    this.#take({ kind: 'message', id, from, sent, body });
    this.#say({ kind: 'delivered', to: from.peer, id });
  }

  /** @param {Entry} entry */
  #take(entry) {
    this.#inbox.push(entry);
    this.#wake({ type: 'message' });
  }

  /** @param {Waiting} waiting */
  #post({ id, to, sent, body }) {
    if (to.peer === this.#card.at.peer) {
      if (to.instance !== this.#card.at.instance) return this.#fail(id, 'unknown-instance', 'not-delivered');
      this.#take({ kind: 'message', id, from: this.#card.at, sent, body });
      this.#end(id, { state: 'delivered' });
      return;
    }
    this.#say({ kind: 'message', to: to.peer, target: to.instance, id, sent, body });
  }

  /** @param {string} id @param {Exclude<Status, {state: 'queued'}>} status */
  #end(id, status) {
    const waiting = this.#outbox.get(id);
    if (!waiting) return undefined;
    clearTimeout(waiting.timer);
    this.#outbox.delete(id);
    this.#ended.set(id, status);
    this.#wake({ type: 'delivery', id, ...status });
    return waiting;
  }

  /** @param {string} id @param {FailureReason} reason @param {Outcome} outcome */
  #fail(id, reason, outcome) {
    const ended = this.#end(id, { state: 'failed', reason, outcome });
    if (ended) this.#take({ kind: 'failure', id: crypto.randomUUID(), message: id, to: ended.to, reason, outcome });
  }

  /** @returns {{id: string, name: string, online: boolean}[]} */
  #people() {
    return [...this.#others.values()].map(({ at, name }) => ({ id: at.peer, name, online: true }));
  }

  async #choose() {
    // Everybody who was made in this turn gets to know the others first.
    await new Promise((resolve) => setTimeout(resolve));
    const people = this.#people().map(({ id, name }) => ({ id, name }));
    if (this.#options.choose) return this.#options.choose(people);
    return people.find(({ id }) => !this.#doors.has(id)) ?? null;
  }

  /** What the host does for each command. @type {Omit<Answers, 'watch'>} */
  #answers = {
    introduction: () => {
      const { name, at, app: id, version } = this.#card;
      const about = { description: null, hash: 'sha256-mock', accepts: /** @type {const} */ ('invited') };
      const app = { id, name: id, version, ...about, permissions: ['peers', 'notifications'] };
      return { address: at, name, label: id, app, limits: LIMITS };
    },
    peers: () => {
      if (this.#options.allow === false)
        throw refusal('PermissionDenied', 'You have not allowed this app to see the people you know.');
      return this.#people();
    },
    notify: ({ title, text }) => {
      if (this.#options.allow === false)
        throw refusal('PermissionDenied', 'You have not allowed this app to show notifications.');
      this.#options.notified?.({ title, text });
      return true;
    },
    correspondents: () => [...this.#doors.values()].map((door) => ({ ...door, online: this.#others.has(door.peer) })),
    invite: async ({ peer }) => {
      const id = peer ?? (await this.#choose())?.id;
      if (id === undefined) return null;
      const known = this.#others.get(id);
      const person = { id, name: known?.name ?? 'Somebody' };
      if (!this.#doors.has(id)) {
        const online = known !== undefined;
        this.#doors.set(id, { peer: id, instance: null, name: person.name, online, version: null });
        this.#wake({ type: 'invitation' });
      }
      this.#say({ kind: 'invite', to: id });
      return person;
    },
    announce: ({ value }) => {
      if (JSON.stringify(value).length > LIMITS.announcementBytes)
        throw refusal('TooLarge', 'This announcement is too large.');
      this.#card.announced = value;
      this.#say({ kind: 'announce' });
      return null;
    },
    announcements: () => {
      const said = [...this.#others.values()].filter((it) => it.app === this.#card.app && it.announced !== null);
      return said.map((it) => ({
        from: it.at,
        name: it.name,
        version: it.version,
        data: it.announced,
        correspondent: this.#doors.get(it.at.peer)?.instance === it.at.instance,
      }));
    },
    send: ({ to, body, deadline }) => {
      if (JSON.stringify(body.value).length > LIMITS.messageBytes * 1.4)
        throw refusal('TooLarge', 'This message is too large. Send it in parts.');
      const id = crypto.randomUUID();
      const wait = Math.min(deadline ?? LIMITS.deadline, 2 ** 31 - 1);
      const timer = setTimeout(() => this.#fail(id, 'expired', 'not-delivered'), wait);
      // In Node.js a message that waits is no reason to stay.
      Object(timer).unref?.();
      const waiting = { id, to, sent: Date.now(), body, timer };
      this.#outbox.set(id, waiting);
      queueMicrotask(() => this.#post(waiting));
      return id;
    },
    status: ({ id }) => {
      const waiting = this.#outbox.get(id);
      // Here nobody is tried at a certain time: who comes back is there at once.
      if (waiting) return { state: 'queued', online: this.#online && this.#others.has(waiting.to.peer), nextTry: null };
      const status = this.#ended.get(id);
      if (status === undefined) throw refusal('UnknownMessage', `This instance has sent no message ${id}.`);
      return status;
    },
    read: () => this.#inbox[0] ?? null,
    next: ({ id }) => {
      if (id !== null && this.#inbox[0]?.id !== id) return null;
      return this.#inbox.shift() ?? null;
    },
    save: async (bytes, { name = '' }) => {
      const { save = download } = this.#options;
      return save(decodeURIComponent(name), bytes);
    },
  };
}

/** Where a browser puts what a page hands out. Elsewhere it goes nowhere. @param {string} name @param {Uint8Array} bytes */
const download = (name, bytes) => {
  if (!('document' in globalThis)) return true;
  const href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)]));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  // The browser has taken it when its turn came.
  setTimeout(() => URL.revokeObjectURL(href), 1000);
  return true;
};

/** @param {string[]} names @param {MockOptions} [options] @returns {MockPeer[]} */
export const mockPeers = (names, options = {}) => {
  /** @type {Host[]} */
  const hosts = [];
  const air = {
    broadcast: (/** @type {unknown} */ packet) =>
      hosts.forEach((host) => queueMicrotask(() => host.hear(structuredClone(packet)))),
  };
  return names.map((name) => {
    const host = new Host(name, options, air);
    hosts.push(host);
    const window = /** @type {{mutiny: import('@mutiny/app').Mutiny}} */ ({});
    host.page(window);
    host.hello();
    return { mutiny: window.mutiny, setOnline: (online) => host.setOnline(online) };
  });
};

/** @param {string} name @param {MockOptions} [options] */
export const mockPage = (name, options = {}) => {
  if ('mutiny' in window) return;
  const channel = new BroadcastChannel('mutiny-mock');
  const host = new Host(name, options, { broadcast: (packet) => channel.postMessage(packet) });
  channel.onmessage = ({ data }) => host.hear(data);
  host.page(window);
  addEventListener('pagehide', () => host.setOnline(false));
  host.hello();
};
