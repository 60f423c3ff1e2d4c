/** What permissions are, in words for people. */

import type { Permission } from '../../../bindings/core';

/** How a permission is asked for. */
interface Request {
  /** Follows the app's name: `Chat would like to see the people you know`. */
  wish: string;
  /** What it means to allow it, one sentence each. */
  meaning: readonly string[];
  /** Its name in the settings. */
  title: string;
}

export const requests: Record<Permission, Request> = {
  peers: {
    wish: 'would like to see the people you know',
    meaning: [
      'It will see everybody on your People page: their names, and who is online.',
      'Without it, you choose yourself whom it may talk to.',
    ],
    title: 'See the people you know',
  },
  notifications: {
    wish: 'would like to show notifications',
    meaning: [
      'They appear on your desktop under its name while you do not look at its window, and may say what messages say.',
      'Without it, Mutiny still tells you that messages arrived, how many, and from whom.',
    ],
    title: 'Show notifications',
  },
};
