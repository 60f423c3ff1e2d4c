/** What a question's window can call. Which question it is, the host knows by the window. */

import { Channel } from '@tauri-apps/api/core';
import type { AskCommands } from '../../../bindings/commands';
import type { Topic } from '../../../bindings/core';
import { caller } from '../commands';

const call = caller<AskCommands>('ask');

export const host = {
  question: () => call('question'),
  /** The icon that the app brings along which asks, as a `data:` URL. */
  icon: () => call('icon'),
  candidates: () => call('candidates'),
  me: () => call('me'),

  /** Each of these answers the question, and the window goes away. */
  refuse: () => call('refuse'),
  allow: () => call('allow'),
  choose: (peer: string) => call('choose', { peer }),

  /** Calls `wake` with each topic that has changed, from now on. */
  watch(wake: (topic: Topic) => void): Promise<void> {
    const channel = new Channel<Topic>();
    channel.onmessage = wake;
    return call('watch', { channel });
  },
};
