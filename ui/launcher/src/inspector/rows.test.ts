import { expect, test } from 'vitest';
import { atEnd, moved, reveal, span } from './rows';

const sight = { count: 20_000, height: 30, top: 0, view: 600 };

test('what is drawn does not grow with the list', () => {
  for (const top of [0, 1, 15, 299_985, 599_400]) {
    const { first, end } = span({ ...sight, top });
    expect(end - first).toBeLessThanOrEqual(20 + 1 + 2 * 8);
    expect(first * 30).toBeLessThanOrEqual(top);
    expect(end * 30).toBeGreaterThanOrEqual(top + 600);
  }
});

test('a short list is drawn whole, an empty one not at all', () => {
  expect(span({ ...sight, count: 3 })).toEqual({ first: 0, end: 3 });
  expect(span({ ...sight, count: 0 })).toEqual({ first: 0, end: 0 });
});

test('a list that has become shorter than it is scrolled shows its end', () => {
  expect(span({ ...sight, count: 30, top: 500_000 })).toEqual({ first: 2, end: 30 });
});

test('the end is reached a fraction of a row early', () => {
  expect(atEnd({ ...sight, top: 599_400 })).toBe(true);
  expect(atEnd({ ...sight, top: 599_390 })).toBe(true);
  expect(atEnd({ ...sight, top: 599_370 })).toBe(false);
  expect(atEnd({ ...sight, count: 2 })).toBe(true);
});

test('a row is brought into sight with as little scrolling as possible', () => {
  const half = { ...sight, top: 3_000 };
  expect(reveal(50, half)).toBe(1_500);
  expect(reveal(105, half)).toBe(3_000);
  expect(reveal(120, half)).toBe(3_030);
});

test('keys move within the list', () => {
  expect(moved('ArrowDown', -1, sight)).toBe(0);
  expect(moved('ArrowUp', -1, sight)).toBe(19_999);
  expect(moved('ArrowUp', 0, sight)).toBe(0);
  expect(moved('PageDown', 100, sight)).toBe(119);
  expect(moved('PageUp', 5, sight)).toBe(0);
  expect(moved('Home', 700, sight)).toBe(0);
  expect(moved('End', 3, sight)).toBe(19_999);
  expect(moved('x', 3, sight)).toBeUndefined();
  expect(moved('End', -1, { ...sight, count: 0 })).toBeUndefined();
});
