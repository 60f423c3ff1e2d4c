/** What a question's window can call. Which question it is, the host knows by the window. */

import { Channel, invoke } from '@tauri-apps/api/core';
import type { Asking, Candidate, Me, Topic } from '../../../bindings/core';

function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  return invoke<T>(`plugin:ask|${command}`, args);
}

export const host = {
  question: () => call<Asking>('question'),
  /** The icon that the app brings along which asks, as a `data:` URL. */
  icon: () => call<string | null>('icon'),
  candidates: () => call<Candidate[]>('candidates'),
  me: () => call<Me>('me'),

  /** Each of these answers the question, and the window goes away. */
  refuse: () => call<void>('refuse'),
  allow: () => call<void>('allow'),
  choose: (peer: string) => call<void>('choose', { peer }),

  /** Calls `wake` with each topic that has changed, from now on. */
  watch(wake: (topic: Topic) => void): Promise<void> {
    const channel = new Channel<Topic>();
    channel.onmessage = wake;
    return call<void>('watch', { channel });
  },
};
