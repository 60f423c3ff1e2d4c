import { expect, test } from 'vitest';
import type { Event } from '../../../bindings/dev';
import { MadeUpSession } from '../../dev/session';
import { sessions } from '../../dev/sessions';
import { inFull, sentence, tone, type Scene } from './sentences';
import { Stories } from './stories';

/** What the last sentences say, of what was made up. */
function says(made: MadeUpSession): string[] {
  const scene: Scene = { stories: new Stories(), app: 'Chat' };
  for (const happening of made.timeline) scene.stories.add(happening);
  return made.timeline.map((happening) => inFull(sentence(happening, scene)));
}

function one(peer: string, ...events: Event[]): string {
  const made = new MadeUpSession(2);
  for (const event of events) made.happen(peer, event);
  return says(made).at(-1)!;
}

test('a message is told from both sides', () => {
  const made = new MadeUpSession(2);
  made.deliver('ana', 'ben', 'hello');
  expect(says(made)).toEqual([
    'ana sent ben “hello”',
    'ben has it · ana’s “hello”',
    'ana knows that ben has it · “hello”',
    'ben’s app took it · ana’s “hello”',
  ]);
});

test('a failure says why, and whether it may have arrived', () => {
  const made = new MadeUpSession(2);
  made.fail('ana', made.send('ana', 'ben', { type: 'json', value: 1 }), 'expired', 'not-delivered');
  made.fail('ana', made.send('ana', 'ben', { type: 'json', value: 2 }), 'not-invited', 'unknown');
  expect(says(made)[1]).toBe('ana’s message to ben failed: its deadline passed · 1');
  expect(says(made)[3]).toBe('ana’s message to ben failed: ben has not let ana in, but it may have arrived · 2');
});

test('invitations are no messages', () => {
  const made = new MadeUpSession(2);
  made.invite('ana', 'ben');
  made.happen('ben', { kind: 'answered', from: 'ana', accepted: true });
  made.invite('ben', 'ana', true);
  expect(says(made)).toEqual([
    'ana invited ben',
    'ben has ana’s invitation',
    'ana knows that ben has the invitation',
    'ben accepted ana’s invitation',
    'ben answered ana’s invitation',
    'ana has ben’s invitation',
    'ben knows that ana has the invitation',
  ]);
});

test('what the page says is on one line', () => {
  expect(one('ana', { kind: 'page', level: 'error', text: 'TypeError: no\n    at app.js:1' })).toBe(
    'Chat in ana’s window: TypeError: no at app.js:1',
  );
  expect(one('ana', { kind: 'refused', call: 'send', code: 'TooLarge', text: 'Too large.' })).toBe(
    'send failed in ana’s window: Too large.',
  );
});

test('of switches it is told what changed', () => {
  const off = { kind: 'conditions', offline: true, full: false, ahead: 0 } as const;
  expect(one('ana', off)).toBe('ana went offline');
  expect(one('ana', off, { ...off, full: true })).toBe('ana has a full inbox');
  expect(one('ana', off, { ...off, offline: false, ahead: 3_600_000 })).toBe(
    'ana is no longer offline, has its clock 1 hour ahead',
  );
  const cut = { kind: 'link', to: 'ben', cut: true, delay: 0 } as const;
  expect(one('ana', cut)).toBe('Between ana and ben: cut');
  expect(one('ana', cut, { ...cut, cut: false, delay: 500 })).toBe(
    'Between ana and ben: no longer cut, a delay of 500 ms',
  );
});

test('an announcement that is taken back says so', () => {
  expect(one('ana', { kind: 'announced', preview: '{"typing":true}' })).toBe('ana announced {"typing":true}');
  expect(one('ana', { kind: 'announced', preview: 'null' })).toBe('ana took its announcement back');
  expect(one('ben', { kind: 'heard', from: 'ana', preview: '1' })).toBe('ben heard what ana announced: 1');
});

test('a stranger is not called by a whole peer id', () => {
  expect(one('ana', { kind: 'connected', to: '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq' })).toBe(
    'ana reaches somebody else (…2NASuq)',
  );
});

test('everything that can happen has a sentence, and what went wrong is marked', () => {
  const made = sessions['killed']!();
  for (const text of says(made)) expect(text).not.toMatch(/undefined|\[object/);
  const bad = made.timeline.filter((happening) => tone(happening) === 'bad').map(({ kind }) => kind);
  expect(bad).toEqual(['failed', 'page', 'refused']);
});
