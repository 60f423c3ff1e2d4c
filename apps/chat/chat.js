// The conversations: what was said, and where each own message stands. No page in here, and no database: both are handed in.
//
// Nothing is lost or shown twice, whenever the page goes away:
// - An own message is in the history before it is sent, and sent again at the next start if it is not known to have been
//   taken by the host. It carries a key, so the other side knows it if it comes twice.
// - A message from the other side is in the history before it leaves the inbox.

import { nickname, nicknames } from './nicknames.js';
import { keyOf, listPeople } from './people.js';
import { UNKNOWN_FATE, whyItFailed } from './words.js';

/** @import {Address, Entry, Failure, Mutiny} from '@mutiny/app' */
/** @import {History, Message} from './history.js' */
/** @import {Person} from './people.js' */

/** Longest key taken from the other side. */
const KEY_LENGTH = 64;

const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

/** @param {unknown} error */
const sentence = (error) => (error instanceof Error ? error.message : String(error));

/** Tells `change` of every change: a message that is new or stands elsewhere now, or the list of people. */
export class Chat extends EventTarget {
  /** @type {Person[]} */
  people = [];

  #mutiny;
  #history;
  /** Messages by conversation, in order. @type {Map<string, Message[]>} */
  #conversations = new Map();
  /** @type {Map<string, Message>} */
  #known = new Map();
  /** Own messages by the id that the host gave them. @type {Map<string, Message>} */
  #own = new Map();
  #order = 0;
  /** Own messages go out one after the other. */
  #outgoing = Promise.resolve();

  /**
   * @param {Mutiny} mutiny
   * @param {History} history
   */
  constructor(mutiny, history) {
    super();
    this.#mutiny = mutiny;
    this.#history = history;
  }

  /** Reads the history, and takes up again what the last page left undone. */
  async start() {
    for (const message of await this.#history.all()) this.#remember(message);
    this.#mutiny.on('delivery', ({ id, state }) => this.#delivery(id, state));
    this.#mutiny.on('peer', () => void this.refresh());
    this.#mutiny.on('invitation', () => void this.refresh());
    this.#mutiny.on('announcement', () => void this.refresh());
    // First, so that everything that is said of messages can name whom it is about.
    await this.refresh();
    const undone = [...this.#known.values()].filter(({ state }) => state === 'sending' || state === 'queued');
    for (const message of undone) {
      if (message.id === undefined) this.#dispatch(message);
      else void this.#reconcile(message, message.id);
    }
  }

  /** Takes messages from the inbox for as long as the page lives. Rejects if one cannot be kept; it is still there then. */
  async receive() {
    for await (const entry of this.#mutiny) {
      if (entry.kind === 'message') await this.#arrive(entry);
      else await this.#fail(entry);
    }
  }

  /** Reads anew whom one can talk to. */
  async refresh() {
    const [correspondents, announcements] = await Promise.all([
      this.#mutiny.invitations(),
      this.#mutiny.announcements(),
    ]);
    this.people = listPeople(correspondents, this.#conversations.keys(), nicknames(announcements));
    this.#changed();
  }

  /** @param {string} key @returns {readonly Message[]} */
  messages(key) {
    return this.#conversations.get(key) ?? [];
  }

  /** Says what the person wants to be called; nothing: only what the host calls them. @param {string} text */
  async call(text) {
    const name = nickname(text);
    await this.#mutiny.announce(name === '' ? null : { nickname: name });
    return name;
  }

  /** Lets the person choose somebody to talk to. Resolves to their peer id, or `null`. */
  async invite() {
    const chosen = await this.#mutiny.invite();
    if (chosen) await this.refresh();
    return chosen?.id ?? null;
  }

  /**
   * Adds an own message to a conversation and sends it.
   * @param {string} to key of the conversation
   * @param {string} text
   */
  say(to, text) {
    /** @type {Message} */
    const message = {
      with: to,
      author: 'me',
      key: newKey(),
      order: this.#order,
      at: Date.now(),
      text,
      state: 'sending',
    };
    this.#remember(message);
    this.#dispatch(message);
  }

  /** @param {Message} message an own message that failed */
  again(message) {
    if (message.state !== 'failed') return;
    if (message.id !== undefined) this.#own.delete(message.id);
    delete message.id;
    delete message.problem;
    message.state = 'sending';
    this.#dispatch(message);
  }

  /** @param {Message} message */
  #dispatch(message) {
    this.#changed(message);
    this.#outgoing = this.#outgoing.then(() => this.#send(message));
  }

  /** @param {Message} message */
  async #send(message) {
    const { key, text } = message;
    const [peer = '', instance = ''] = message.with.split('/');
    try {
      await this.#history.put(message);
      message.id = await this.#mutiny.send({ peer, instance }, { key, text });
      this.#own.set(message.id, message);
      this.#settleLightly(message, 'queued');
    } catch (error) {
      // A host that is closing has not taken it; it goes out at the next start.
      if (Object(error).code !== 'Stopped') this.#settleLightly(message, 'failed', sentence(error));
    }
  }

  /** @param {Extract<Entry, {kind: 'message'}>} entry */
  async #arrive({ id, from, sent, data }) {
    const { key, text } = /** @type {{key?: unknown, text?: unknown}} */ (Object(data));
    /** @type {Message} */
    const message = {
      with: keyOf(from),
      author: 'them',
      // A key too long or missing is no key of ours; the entry's id is as good for knowing it again.
      key: typeof key === 'string' && key.length <= KEY_LENGTH ? key : id,
      order: this.#order,
      at: sent,
      text: typeof text === 'string' ? text : null,
    };
    if (this.#known.has(identity(message))) return;
    await this.#history.put(message);
    const isNew = !this.#conversations.has(message.with);
    this.#remember(message);
    this.#changed(message, true);
    if (isNew) await this.refresh();
  }

  /** @param {Failure} notice */
  async #fail(notice) {
    const message = this.#own.get(notice.message);
    if (message) await this.#settle(message, 'failed', whyItFailed(notice, this.#nameOf(message.with)));
  }

  /** @param {string} id @param {NonNullable<Message['state']>} state */
  #delivery(id, state) {
    const message = this.#own.get(id);
    if (message) this.#settleLightly(message, state);
  }

  /** Asks what became of a message while no page was there. @param {Message} message @param {string} id */
  async #reconcile(message, id) {
    try {
      const status = await this.#mutiny.status(id);
      const problem = status.state === 'failed' ? whyItFailed(status, this.#nameOf(message.with)) : undefined;
      this.#settleLightly(message, status.state, problem);
    } catch (error) {
      if (Object(error).code === 'UnknownMessage') this.#settleLightly(message, 'failed', UNKNOWN_FATE);
    }
  }

  /**
   * Notes where an own message stands. Word of its end may overtake everything else, and has the last say.
   * @param {Message} message
   * @param {NonNullable<Message['state']>} state
   * @param {string} [problem]
   */
  async #settle(message, state, problem) {
    const ended = message.state === 'delivered' || message.state === 'failed';
    if (!(state === 'queued' && ended)) {
      message.state = state;
      if (problem !== undefined) message.problem = problem;
      this.#changed(message);
    }
    await this.#history.put(message);
  }

  /**
   * The same for what the host can be asked again at the next start, should the disk not take it now.
   * @param {Message} message
   * @param {NonNullable<Message['state']>} state
   * @param {string} [problem]
   */
  #settleLightly(message, state, problem) {
    this.#settle(message, state, problem).catch(() => {});
  }

  /** @param {string} key */
  #nameOf(key) {
    return this.people.find((person) => person.key === key)?.name ?? 'The other side';
  }

  /** @param {Message} message */
  #remember(message) {
    const conversation = this.#conversations.get(message.with);
    if (conversation) conversation.push(message);
    else this.#conversations.set(message.with, [message]);
    this.#known.set(identity(message), message);
    if (message.id !== undefined) this.#own.set(message.id, message);
    this.#order = Math.max(this.#order, message.order + 1);
  }

  /** @param {Message} [message] the one that changed; without it, anything may have @param {boolean} [arrived] */
  #changed(message, arrived = false) {
    this.dispatchEvent(new CustomEvent('change', { detail: { message, arrived } }));
  }
}

/** @param {Message} message */
const identity = (message) => JSON.stringify([message.with, message.author, message.key]);
