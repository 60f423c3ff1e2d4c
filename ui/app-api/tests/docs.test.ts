// Every example of the documentation runs.

import { expect, test, vi } from 'vitest';
import guide from '../../../docs/app-api.md?raw';
import recipes from '../../../docs/recipes.md?raw';
import types from '../mutiny.d.ts?raw';
import { ana, Host, message, uuid } from './host.ts';

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

/** The examples of a text, without the stars of a comment around them. */
const examples = (text: string) =>
  [...text.matchAll(/^( *\*)? *```js\n(.*?)```/gms)].map(([, star, code]) =>
    star ? code!.replaceAll(/^ *\* ?/gm, '') : code!,
  );

/** What examples take for granted: a page, and functions of the app. */
const surroundings = () => ({
  console: { log: () => {} },
  document: { title: '', getElementById: () => ({ append: () => {} }), createElement: () => ({}) },
  id: uuid(5000),
  tick: () => {},
  store: async () => {},
  show: () => {},
});

test.each([
  ['docs/app-api.md', examples(guide), 8],
  ['docs/recipes.md', examples(recipes), 8],
  ['mutiny.d.ts', examples(types), 10],
] as const)('the examples of %s', async (_, codes, atLeast) => {
  expect(codes.length).toBeGreaterThanOrEqual(atLeast);
  for (const code of codes) {
    const host = new Host();
    host.correspondents = [{ ...ana, name: 'Ana', online: true, version: '1.0.0' }];
    const failure = { id: uuid(2), message: uuid(3), to: ana, reason: 'expired', outcome: 'unknown' } as const;
    host.inbox = [message(1), { kind: 'failure', ...failure }];
    const given = { mutiny: host.openPage(), ...surroundings() };
    // In a block of its own an example may declare what it was given.
    const run: Promise<void> = new AsyncFunction(...Object.keys(given), `{${code}}`)(...Object.values(given));
    run.catch(() => {});
    try {
      // A loop over the inbox never ends; it has done its part when the inbox is empty.
      if (!code.includes('for await')) await run;
      else await Promise.race([run, vi.waitUntil(() => host.inbox.length === 0)]);
    } catch (cause) {
      throw new Error(`This example fails:\n${code}`, { cause });
    }
  }
});
