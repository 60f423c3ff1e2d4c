import { expect, test } from 'vitest';
import { ahead, clock, delay, lasting, off } from './spans';

test('times have milliseconds', () => {
  expect(clock(new Date(2026, 10, 25, 9, 5, 7, 42).getTime())).toBe('09:05:07.042');
});

test('a length of time has as many digits as matter', () => {
  const lengths = [0, 12, 999, 1400, 2000, 59_000, 60_000, 123_000, 3_840_000, 86_400_000, 691_200_000];
  expect(lengths.map(lasting)).toEqual([
    '0 ms',
    '12 ms',
    '999 ms',
    '1.4 s',
    '2 s',
    '59 s',
    '1 min',
    '2 min 3 s',
    '1 h 4 min',
    '1 day',
    '8 days',
  ]);
});

test('clocks and delays', () => {
  expect([0, 3_600_000, 86_400_000, -120_000].map(ahead)).toEqual([
    'as it is',
    '1 hour ahead',
    '1 day ahead',
    '2 min behind',
  ]);
  expect([0, 3_600_000, 691_200_000].map(off)).toEqual(['as it is', '+1 h', '+8 days']);
  expect([0, 100, 2000].map(delay)).toEqual(['none', '100 ms', '2 s']);
});
