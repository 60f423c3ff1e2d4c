/** Made-up messages on their way. */

import type {
  Exchange,
  Holdup,
  Instance,
  MessageState,
  OwnMessage,
  OwnMessages,
  Peer,
  Withdrawal,
} from '../../bindings/core';
import { DAY, HOUR, MINUTE } from './people';

const PAGE = 50;

/** What one instance sent to one person. */
interface Talk {
  exchange: Omit<Exchange, 'waiting' | 'failed' | 'delivered' | 'since' | 'last'>;
  messages: OwnMessage[];
}

export class MadeUpActivity {
  readonly #talks: Talk[] = [];
  #next = 0;

  /** Adds messages from an instance to a person. */
  add(instance: Instance, peer: Peer, holdup: Holdup, messages: Partial<OwnMessage>[]): this {
    const { id, label, app } = instance;
    this.#talks.push({
      exchange: { instance: id, label, appId: app.id, appName: app.name, peer: peer.id, name: peer.name, holdup },
      messages: messages.map((some) => this.#message(some)),
    });
    return this;
  }

  #message(some: Partial<OwnMessage>): OwnMessage {
    this.#next += 1;
    const state = some.state ?? 'queued';
    const sent = some.sent ?? Date.now() - this.#next * 7 * MINUTE;
    return {
      id: `${this.#next}`,
      state,
      invitation: false,
      bytes: 40 + ((this.#next * 977) % 5000),
      sent,
      left: state === 'delivered',
      withdrawing: false,
      deadline: state === 'queued' ? sent + 7 * DAY : null,
      ended: state === 'queued' ? null : sent + MINUTE,
      reason: null,
      outcome: state === 'failed' ? 'not-delivered' : null,
      ...some,
    };
  }

  exchanges(): Exchange[] {
    return this.#talks.map(({ exchange, messages }) => {
      const count = (state: MessageState) => Math.min(1000, messages.filter((it) => it.state === state).length);
      return {
        ...exchange,
        waiting: count('queued'),
        failed: count('failed'),
        delivered: count('delivered'),
        since: Math.min(...messages.map((it) => it.sent)),
        last: Math.max(...messages.map((it) => it.ended ?? it.sent)),
      };
    });
  }

  page(instance: unknown, peer: unknown, state: unknown, after: unknown): OwnMessages {
    const talk = this.#talks.find(({ exchange }) => exchange.instance === instance && exchange.peer === peer);
    const all = talk?.messages.filter((it) => it.state === state) ?? [];
    const from = Number(after ?? 0);
    return { messages: all.slice(from, from + PAGE), next: from + PAGE < all.length ? `${from + PAGE}` : null };
  }

  withdraw(which: (message: OwnMessage, exchange: Talk['exchange']) => boolean): Withdrawal {
    let withdrawn = 0;
    for (const talk of this.#talks) {
      talk.messages = talk.messages.map((it) => {
        if (it.state !== 'queued' || !which(it, talk.exchange)) return it;
        withdrawn += 1;
        return {
          ...it,
          state: 'failed',
          reason: 'withdrawn',
          outcome: 'not-delivered',
          ended: Date.now(),
          deadline: null,
        };
      });
    }
    return { withdrawn, uncertain: 0, arrived: 0, underWay: 0 };
  }

  tries(peer: unknown): void {
    for (const { exchange } of this.#talks) {
      if (exchange.peer === peer && exchange.holdup.kind === 'away') {
        exchange.holdup = { ...exchange.holdup, trying: true, next: null };
      }
    }
  }
}

/** Everything that messages can be waiting for, and every way they can end. */
export function activity(instances: Instance[], peers: Peer[], many = 0): MadeUpActivity {
  const [chat, other] = [instances[0]!, instances[1]!];
  const away = (some: object = {}): Holdup => ({
    kind: 'away',
    attempts: 4,
    trying: false,
    next: Date.now() + 2 * MINUTE,
    trouble: 'no-answer',
    ...some,
  });
  const made = new MadeUpActivity();
  const [first, second, third, fourth] = peers;
  const lots = Array.from({ length: many }, () => ({}));
  made.add(chat, first!, away(), [{ invitation: true }, {}, {}, {}, {}, ...lots]);
  made.add(other, first!, away(), [{}, { withdrawing: true, deadline: null }]);
  made.add(chat, second!, { kind: 'none' }, [
    { sent: Date.now() - 2000 },
    { state: 'failed', reason: 'unknown-instance', sent: Date.now() - 3 * HOUR },
    { state: 'failed', reason: 'expired', outcome: 'unknown', sent: Date.now() - 8 * DAY, ended: Date.now() - DAY },
    { state: 'failed', reason: 'withdrawn' },
    { state: 'delivered' },
    { state: 'delivered', invitation: true },
  ]);
  if (third) made.add(other, third, away({ trouble: 'no-address', next: null, attempts: 0 }), [{}]);
  if (fourth) made.add(chat, fourth, { kind: 'blocked' }, [{}]);
  return made;
}
