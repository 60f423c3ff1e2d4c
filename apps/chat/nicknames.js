// What people want to be called here, as each of them announces it. The host's name for a person stays beside it, since
// anybody can call themselves anything.

import { keyOf } from './people.js';

/** Longest nickname that is shown, in characters. */
const LENGTH = 40;

/** One line, without what would turn around or hide what stands beside it. @param {unknown} text */
export const nickname = (text) => {
  if (typeof text !== 'string') return '';
  const line = text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ').trim();
  return Array.from(line).slice(0, LENGTH).join('');
};

/**
 * The nicknames by place in the list.
 * @param {import('@mutiny/app').Announcement[]} announcements
 * @returns {Map<string, string>}
 */
export const nicknames = (announcements) =>
  new Map(
    announcements.map(({ from, data }) => [
      keyOf(from),
      nickname(/** @type {{nickname?: unknown}} */ (Object(data)).nickname),
    ]),
  );
