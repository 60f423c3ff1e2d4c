import { expect, test } from 'vitest';
import { announced, gist, said } from './quote';

const json = (value: unknown) => {
  const text = JSON.stringify(value);
  return { preview: [...text].slice(0, 120).join(''), size: new TextEncoder().encode(text).length, bytes: false };
};

test('a string is quoted as a person writes it, anything else is JSON', () => {
  expect(said(json('hello'))).toBe('“hello”');
  expect(said(json('grüße 🐙'))).toBe('“grüße 🐙”');
  expect(said(json('two\nlines\tand "more"'))).toBe('“two lines and "more"”');
  expect(said(json({ type: 'move', x: 1 }))).toBe('{"type":"move","x":1}');
  expect(said(json(null))).toBe('null');
});

test('what is cut off says so', () => {
  expect(said(json('x'.repeat(500)))).toBe(`“${'x'.repeat(119)}…”`);
  expect(said(json(['x'.repeat(500)]))).toBe(`["${'x'.repeat(118)}…`);
});

test('a preview that ends within an escape is readable', () => {
  expect(said({ preview: `"${'x'.repeat(10)}\\u00`, size: 500, bytes: false })).toBe('“xxxxxxxxxx…”');
  expect(said({ preview: '"a\\', size: 500, bytes: false })).toBe('“a…”');
});

test('bytes are counted and shown in hexadecimal', () => {
  expect(said({ preview: '00 ff', size: 2, bytes: true })).toBe('2 bytes: 00 ff');
  expect(said({ preview: '00 ff', size: 2000, bytes: true })).toBe('2 KB: 00 ff …');
  expect(said({ preview: '', size: 0, bytes: true })).toBe('no bytes');
});

test('an announcement is cut by characters', () => {
  expect(announced('{"typing":true}')).toBe('{"typing":true}');
  expect(announced(`[${'1,'.repeat(60)}`.slice(0, 120))).toMatch(/…$/);
});

test('the head of a queue is one line', () => {
  expect(gist({ type: 'json', value: 'a\nb' })).toBe('“a b”');
  expect(gist({ type: 'json', value: ['y'.repeat(1000)] })).toBe(`["${'y'.repeat(118)}…`);
  expect(gist({ type: 'bytes', value: 'AAECAw==' })).toBe('4 bytes');
});
