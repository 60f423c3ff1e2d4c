/** What the inspector's window can call. Every call may reject with what `errors.ts` understands. */

import { Channel, invoke } from '@tauri-apps/api/core';
import type { Happening, Payload, Peer, Session, Topic } from '../../../bindings/dev';

function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  return invoke<T>(`plugin:inspector|${command}`, args);
}

/** What is done to a peer. */
export type Switches = Pick<Peer, 'offline' | 'full' | 'ahead'>;

export const host = {
  session: () => call<Session>('session'),
  /** Those with a number above `after`, a few hundred at most. */
  timeline: (after: number) => call<Happening[]>('timeline', { after }),
  /** The whole of what a happening says. */
  payload: (number: number) => call<Payload>('payload', { number }),

  setPeer: (name: string, { offline, full, ahead }: Switches) => call<void>('set_peer', { name, offline, full, ahead }),
  setLink: (from: string, to: string, cut: boolean, delay: number) => call<void>('set_link', { from, to, cut, delay }),
  /** The connection is lost once, and comes back. */
  lose: (from: string, to: string) => call<void>('lose', { from, to }),
  /** Each of the two gets the other's contact link. */
  introduce: (from: string, to: string) => call<void>('introduce', { from, to }),

  kill: (name: string) => call<void>('kill', { name }),
  restart: (name: string) => call<void>('restart', { name }),
  /** Brings its window to the front. */
  show: (name: string) => call<void>('show', { name }),
  /** Opens the developer tools of its page. */
  tools: (name: string) => call<void>('tools', { name }),
  accept: (name: string, invitation: string) => call<void>('accept', { name, invitation }),
  decline: (name: string, invitation: string) => call<void>('decline', { name, invitation }),

  /** Asks for a file and writes the session there. Resolves to its path, or null where the person gave up. */
  save: () => call<string | null>('save'),

  /** Calls `wake` with each topic that has changed, from now on. */
  watch(wake: (topic: Topic) => void): Promise<void> {
    const channel = new Channel<Topic>();
    channel.onmessage = wake;
    return call<void>('watch', { channel });
  },
};

export type Host = typeof host;
