/** A made-up session of `mutiny dev`: peers, links, and what happened. */

import type { Body, FailureReason, Invitation, Outcome } from '../../bindings/core';
import type { Event, Happening, Link, Payload, Peer, Session } from '../../bindings/dev';
import { instance, invitation, peer } from './people';

const NAMES = ['ana', 'ben', 'cleo', 'dan', 'eva', 'finn', 'gus', 'hana'];

/** The time at which every made-up session begins. */
export const BEGIN = new Date(2026, 10, 25, 9, 30).getTime();

export class MadeUpSession {
  readonly session: Session;
  readonly timeline: Happening[] = [];
  readonly #payloads = new Map<number, Payload>();
  #at = BEGIN;
  #next = 1;

  constructor(peers: number) {
    const names = NAMES.slice(0, peers);
    this.session = {
      folder: '/home/ana/projects/chat',
      app: { ...instance().app, version: '1.2.0' },
      peers: names.map(member),
      links: names.flatMap((from, i) =>
        names.slice(i + 1).map((to): Link => ({ from, to, cut: false, delay: 0, connected: true, introduced: true })),
      ),
      introduced: true,
      forgotten: 0,
    };
  }

  peer(name: string): Peer {
    return this.session.peers.find((it) => it.name === name)!;
  }

  link(from: string, to: string): Link {
    return this.session.links.find((it) => it.from === from && it.to === to)!;
  }

  /** Time passes. */
  pass(ms: number): this {
    this.#at += ms;
    return this;
  }

  /** Something happens at a peer. */
  happen(at: string, event: Event): Happening {
    const happening: Happening = { number: this.timeline.length + 1, at: this.#at, peer: at, ...event };
    this.timeline.push(happening);
    return happening;
  }

  /** A message is put into an outbox. */
  send(from: string, to: string, body: Body): string {
    const message = this.#id();
    const bytes = body.type === 'bytes' ? Uint8Array.from(atob(body.value), (it) => it.charCodeAt(0)) : undefined;
    const hex = bytes && [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
    const text = JSON.stringify(body.value);
    const sent = this.happen(from, {
      kind: 'sent',
      message,
      to,
      preview: hex ? hex.slice(0, 40).join(' ') : [...text].slice(0, 120).join(''),
      size: bytes?.length ?? new TextEncoder().encode(text).length,
      bytes: bytes !== undefined,
    });
    this.#payloads.set(sent.number, {
      text: hex ? `000000  ${hex.join(' ')}` : JSON.stringify(body.value, null, 2),
      cut: false,
    });
    return message;
  }

  /** A message goes all the way: milliseconds until it is there, known to be there, and taken. */
  deliver(from: string, to: string, value: Body | string, [there, known, taken] = [8, 3, 2]): string {
    const message = this.send(from, to, typeof value === 'string' ? { type: 'json', value } : value);
    this.pass(there!).happen(to, { kind: 'received', message, from });
    this.pass(known!).happen(from, { kind: 'acknowledged', message });
    this.pass(taken!).happen(to, { kind: 'taken', entry: message });
    return message;
  }

  fail(from: string, message: string, reason: FailureReason, outcome: Outcome): void {
    this.happen(from, { kind: 'failed', message, reason, outcome });
  }

  invite(from: string, to: string, answer = false): void {
    const message = this.#id();
    this.happen(from, { kind: 'invited', message, to, answer });
    this.pass(9).happen(to, { kind: 'invitation', message, from });
    this.pass(4).happen(from, { kind: 'acknowledged', message });
  }

  announce(from: string, value: unknown): void {
    const preview = JSON.stringify(value);
    this.#payloads.set(this.happen(from, { kind: 'announced', preview }).number, {
      text: JSON.stringify(value, null, 2),
      cut: false,
    });
    for (const { name } of this.session.peers) {
      if (name === from) continue;
      const heard = this.pass(3).happen(name, { kind: 'heard', from, preview });
      this.#payloads.set(heard.number, { text: JSON.stringify(value, null, 2), cut: false });
    }
  }

  /** Everybody starts and reaches everybody. */
  begin(): this {
    for (const { name } of this.session.peers) this.pass(140).happen(name, { kind: 'started' });
    for (const { from, to } of this.session.links) {
      this.pass(11).happen(from, { kind: 'connected', to });
      this.happen(to, { kind: 'connected', to: from });
    }
    return this;
  }

  payload(number: number): Payload | undefined {
    return this.#payloads.get(number);
  }

  /** An invitation that waits for an answer. */
  open(from: string): Invitation {
    return invitation({ from: this.#address(from), fromName: from, received: this.#at });
  }

  /** Puts messages into the queues of a peer. */
  queue(name: string, inbox: number, outbox: number, other: string, body: Body): void {
    const to = this.#address(other);
    this.peer(name).queues = {
      inbox,
      inboxHead: inbox > 0 ? { kind: 'message', id: this.#id(), from: to, sent: this.#at, body } : null,
      outbox,
      outboxHead: outbox > 0 ? { id: this.#id(), to, sent: this.#at, body } : null,
    };
  }

  #address(name: string) {
    const { id, instance } = this.peer(name);
    return { peer: id, instance: instance ?? '' };
  }

  #id(): string {
    this.#next += 1;
    return `5f0c1d2e-0000-4000-8000-${this.#next.toString(16).padStart(12, '0')}`;
  }
}

function member(name: string): Peer {
  return {
    name,
    id: peer().id,
    instance: instance().id,
    state: 'running',
    problem: null,
    offline: false,
    full: false,
    ahead: 0,
    queues: { inbox: 0, inboxHead: null, outbox: 0, outboxHead: null },
    invitations: [],
    window: true,
  };
}
