import { describe, expect, it } from 'vitest';
import { ago, ahead } from './time';

/** In local time, since what is yesterday depends on it. */
const at = (year: number, month: number, day: number, hour = 12, minute = 0, second = 0) =>
  new Date(year, month - 1, day, hour, minute, second).getTime();

describe('ahead', () => {
  const now = new Date(2026, 5, 1, 12).getTime();
  const SECOND = 1000;

  it.each([
    [3 * SECOND, 'in a moment'],
    [50 * SECOND, 'in 1 minute'],
    [120 * SECOND, 'in 2 minutes'],
    [3 * 3600 * SECOND, 'in 3 hours'],
    [26 * 3600 * SECOND, 'tomorrow'],
    [6 * 86_400 * SECOND, 'in 6 days'],
    [40 * 86_400 * SECOND, 'on July 11'],
  ])('says %i ms as %s', (left, words) => expect(ahead(now + left, now)).toBe(words));
});

describe('ago', () => {
  const now = at(2026, 7, 15);

  it.each([
    ['just now', at(2026, 7, 15, 11, 59, 1)],
    ['just now', at(2026, 7, 15, 12, 3)],
    ['1 minute ago', at(2026, 7, 15, 11, 58, 30)],
    ['59 minutes ago', at(2026, 7, 15, 11, 0, 30)],
    ['1 hour ago', at(2026, 7, 15, 11)],
    ['12 hours ago', at(2026, 7, 15, 0)],
    ['yesterday', at(2026, 7, 14, 23)],
    ['yesterday', at(2026, 7, 14, 0)],
    ['2 days ago', at(2026, 7, 13, 23)],
    ['6 days ago', at(2026, 7, 9)],
    ['on July 8', at(2026, 7, 8)],
    ['on December 31, 2025', at(2025, 12, 31)],
  ])('says “%s”', (words, then) => {
    expect(ago(then, now)).toBe(words);
  });

  it('counts hours across midnight while they are few', () => {
    expect(ago(at(2026, 7, 14, 22), at(2026, 7, 15, 1))).toBe('3 hours ago');
  });
});
