/** What the inspector's window can call. Every call may reject with what `errors.ts` understands. */

import { Channel } from '@tauri-apps/api/core';
import type { InspectorCommands } from '../../../bindings/commands';
import type { Link, Peer, Topic } from '../../../bindings/dev';
import { caller } from '../commands';

const call = caller<InspectorCommands>('inspector');

/** What is done to a peer. */
export type Switches = Pick<Peer, 'offline' | 'full' | 'ahead'>;

export const host = {
  session: () => call('session'),
  /** Those with a number above `after`, a few hundred at most. */
  timeline: (after: number) => call('timeline', { after }),
  /** The whole of what a happening says. */
  payload: (number: number) => call('payload', { number }),

  /** Changes what is named. The rest stays as it is by then, which may be otherwise than it was shown last. */
  setPeer: (name: string, { offline, full, ahead }: Partial<Switches>) =>
    call('set_peer', { name, offline: offline ?? null, full: full ?? null, ahead: ahead ?? null }),
  /** Likewise. */
  setLink: (from: string, to: string, { cut, delay }: Partial<Pick<Link, 'cut' | 'delay'>>) =>
    call('set_link', { from, to, cut: cut ?? null, delay: delay ?? null }),
  /** The connection is lost once, and comes back. */
  lose: (from: string, to: string) => call('lose', { from, to }),
  /** Each of the two gets the other's contact link. */
  introduce: (from: string, to: string) => call('introduce', { from, to }),

  kill: (name: string) => call('kill', { name }),
  restart: (name: string) => call('restart', { name }),
  /** Brings its window to the front. */
  show: (name: string) => call('show', { name }),
  /** Opens the developer tools of its page. */
  tools: (name: string) => call('tools', { name }),
  accept: (name: string, invitation: string) => call('accept', { name, invitation }),
  decline: (name: string, invitation: string) => call('decline', { name, invitation }),

  /** Asks for a file and writes the session there. Resolves to its path, or null where the person gave up. */
  save: () => call('save'),

  /** Calls `wake` with each topic that has changed, from now on. */
  watch(wake: (topic: Topic) => void): Promise<void> {
    const channel = new Channel<Topic>();
    channel.onmessage = wake;
    return call('watch', { channel });
  },
};

export type Host = typeof host;
