// docs/app-api-reference.md is written from mutiny.d.ts, and says all of it.

import { expect, test } from 'vitest';
import errors from '../../../crates/mutiny-core/src/error.rs?raw';
import page from '../../../docs/app-api-reference.md?raw';
import types from '../mutiny.d.ts?raw';
import { reference } from '../scripts/reference.js';

const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading!.replaceAll('`', ''));
const codes = page
  .split('## Error codes')[1]!
  .split('## Types')[0]!
  .split('\n### ')
  .slice(1)
  .map((section) => {
    const [code, ...text] = section.split('\n');
    return [code!, text.join(' ').trim()] as const;
  });

test('the reference is what the types say', () => {
  expect(reference(types), 'It is stale: run `make types`, or `npm run reference` in ui/app-api.').toBe(page);
});

test('it has every member of window.mutiny, every event and every type', () => {
  for (const name of ['send()', 'read()', 'next()', 'save()', 'on()', 'instance', 'limits', 'MutinyError'])
    expect(headings).toContain(`mutiny.${name}`);
  for (const name of ['message', 'delivery', 'peer', 'invitation', 'announcement'])
    expect(headings).toContain(`The event ${name}`);
  for (const [, name] of types.matchAll(/^export (?:interface|type) (\w+)/gm))
    if (!['Mutiny', 'Events', 'ErrorCode'].includes(name!)) expect(headings).toContain(name);
});

test('two things never share a heading, and so a link', () => {
  expect(new Set(headings.map((heading) => heading.toLowerCase().replaceAll(/\W/g, ''))).size).toBe(headings.length);
});

test.each(codes)('%s has a cause and something to do about it', (_, text) => {
  expect(text.match(/[.;:](?= |$)/g)?.length, text).toBeGreaterThanOrEqual(2);
});

test('the codes are those that the host has', () => {
  for (const [code] of codes.filter(([code]) => code !== 'Internal')) expect(errors).toContain(`=> "${code}"`);
});

test.each([
  ['a member', '/** Whom it was for. */', 'Failure.to'],
  ['a choice', '/** Its deadline passed', "'expired' of FailureReason"],
  ['a code', '/** This is not a peer id.', "the code 'BadPeer'"],
  ['a type', '/** How to send. */', 'SendOptions'],
])('%s without a comment is refused by name', (_, comment, name) => {
  expect(() => reference(types.replace(comment, comment.replace('/**', '/*')))).toThrow(
    `mutiny.d.ts does not describe ${name}. Write a comment above it.`,
  );
});
