// The group: everybody hears everything, though nobody knows everybody.
//
// Whoever learns something new passes it on to all others they know. Since merging the same news again changes nothing,
// it is passed on no further then, and every circle comes to rest. Somebody new gets all there is.

import { Ballot } from './ballot.js';

/** @import {Address, Mutiny} from '@mutiny/app' */
/** @import {News, Poll, Vote} from './ballot.js' */
/** @import {Shelf} from './shelf.js' */

/** How many polls and votes travel in one message. */
const PART = 150;

/** @typedef {{key: string, poll?: Poll, vote?: Vote, greeted?: true}} Kept */

/** @param {Address} address */
const keyOf = ({ peer, instance }) => `${peer}/${instance}`;

/** Tells `change` when there is something new. */
export class Group extends EventTarget {
  ballot = new Ballot();
  #mutiny;
  #shelf;
  /** Whom all there was has been sent to. @type {Set<string>} */
  #greeted = new Set();
  /** One change after the other. */
  #turn = Promise.resolve();

  /** @param {Mutiny} mutiny @param {Shelf<Kept>} shelf */
  constructor(mutiny, shelf) {
    super();
    this.#mutiny = mutiny;
    this.#shelf = shelf;
  }

  async start() {
    const kept = await this.#shelf.all();
    this.ballot.merge({ polls: kept.flatMap(({ poll }) => poll ?? []), votes: kept.flatMap(({ vote }) => vote ?? []) });
    for (const { key, greeted } of kept) if (greeted) this.#greeted.add(key);
    await this.greet();
  }

  /** Sends all there is to whoever has not had it. */
  greet() {
    return this.#inTurn(async () => {
      for (const member of await this.#members()) {
        const key = keyOf(member);
        if (this.#greeted.has(key)) continue;
        await this.#send(member, this.ballot.everything());
        // Noted after it was sent: a greeting that comes twice does no harm, one that never comes would.
        await this.#shelf.put({ key, greeted: true });
        this.#greeted.add(key);
      }
    });
  }

  /** @param {string} question @param {string[]} options */
  async ask(question, options) {
    const { id } = await this.#mutiny.peer;
    /** @type {Poll} */
    const poll = { id: crypto.randomUUID(), question, options, author: id, asked: Date.now() };
    await this.#spread({ polls: [poll], votes: [] });
  }

  /** Chooses an option, or takes the vote back. @param {string} poll @param {number | null} choice */
  async choose(poll, choice) {
    const { id, name } = await this.#mutiny.peer;
    const turn = (this.ballot.vote(poll, id)?.turn ?? -1) + 1;
    await this.#spread({ polls: [], votes: [{ poll, voter: id, name, choice, turn }] });
  }

  /** Takes news from the inbox for as long as the page lives. */
  async receive() {
    for await (const entry of this.#mutiny) {
      if (entry.kind === 'message') await this.#spread(entry.data, keyOf(entry.from));
      // Who could not be told everything is told everything again when there is more to tell.
      else await this.#forget(keyOf(entry.to));
    }
  }

  /**
   * Keeps what is new, and passes it on to everybody but the one it came from.
   * @param {unknown} news
   * @param {string} [from]
   */
  #spread(news, from) {
    return this.#inTurn(async () => {
      const fresh = this.ballot.merge(news);
      for (const poll of fresh.polls) await this.#shelf.put({ key: `poll ${poll.id}`, poll });
      for (const vote of fresh.votes) await this.#shelf.put({ key: `vote ${vote.poll} ${vote.voter}`, vote });
      if (fresh.polls.length + fresh.votes.length === 0) return;
      this.dispatchEvent(new Event('change'));
      for (const member of await this.#members()) {
        const key = keyOf(member);
        if (key !== from && this.#greeted.has(key)) await this.#send(member, fresh);
      }
    }).then(() => this.greet());
  }

  /** @param {string} key */
  async #forget(key) {
    this.#greeted.delete(key);
    await this.#shelf.put({ key });
  }

  /** @returns {Promise<Address[]>} */
  async #members() {
    const correspondents = await this.#mutiny.invitations();
    return correspondents.flatMap(({ peer, instance }) => (instance === null ? [] : { peer, instance }));
  }

  /** @param {Address} to @param {News} news */
  async #send(to, { polls, votes }) {
    for (let at = 0; at < Math.max(polls.length, votes.length); at += PART) {
      const part = { polls: polls.slice(at, at + PART), votes: votes.slice(at, at + PART) };
      await this.#mutiny.send(to, /** @type {any} */ (part));
    }
  }

  /** @param {() => Promise<void>} act */
  #inTurn(act) {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}
