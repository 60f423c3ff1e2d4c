import { expect, test } from 'vitest';
import { MadeUpSession } from '../../dev/session';
import { EVERYTHING, filters, passing, type Filter } from './filters';
import type { Scene } from './sentences';
import { Stories } from './stories';

const made = new MadeUpSession(3);
const greeting = made.deliver('ana', 'ben', 'Hello there');
made.invite('ben', 'cleo');
made.announce('ana', { name: 'Ana' });
made.happen('cleo', { kind: 'refused', call: 'send', code: 'TooLarge', text: 'This is too large.' });
made.happen('ana', { kind: 'link', to: 'cleo', cut: true, delay: 0 });
made.happen('ben', { kind: 'disconnected', to: 'cleo' });
made.fail('ana', made.send('ana', 'cleo', { type: 'json', value: null }), 'expired', 'unknown');

const scene: Scene = { stories: new Stories(), app: 'Chat' };
for (const happening of made.timeline) scene.stories.add(happening);

const kinds = (some: Partial<Filter>) =>
  made.timeline.filter(passing({ ...EVERYTHING, ...some }, scene)).map(({ peer, kind }) => `${peer} ${kind}`);

test('no filter leaves nothing out', () => {
  expect(kinds({})).toHaveLength(made.timeline.length);
  expect(filters(EVERYTHING)).toBe(false);
  expect(filters({ ...EVERYTHING, text: '  ' })).toBe(false);
  expect(filters({ ...EVERYTHING, kinds: ['pages'] })).toBe(true);
});

test('a peer has what happened at it, and to its links', () => {
  expect(kinds({ peer: 'cleo' })).toEqual(['cleo invitation', 'cleo heard', 'cleo refused', 'ana link']);
});

test('the acknowledgement of an invitation is no message', () => {
  expect(kinds({ kinds: ['invitations'] })).toEqual(['ben invited', 'cleo invitation', 'ben acknowledged']);
  expect(kinds({ kinds: ['messages'] })).toEqual([
    'ana sent',
    'ben received',
    'ana acknowledged',
    'ben taken',
    'ana sent',
    'ana failed',
  ]);
});

test('several kinds are any of them', () => {
  expect(kinds({ kinds: ['pages', 'switches', 'connections'] })).toEqual([
    'cleo refused',
    'ana link',
    'ben disconnected',
  ]);
});

test('a search finds words in any case, in all steps of a message, ids and codes', () => {
  expect(kinds({ text: 'HELLO there' })).toEqual(['ana sent', 'ben received', 'ana acknowledged', 'ben taken']);
  expect(kinds({ text: greeting })).toHaveLength(4);
  expect(kinds({ text: 'toolarge' })).toEqual(['cleo refused']);
  expect(kinds({ text: 'expired' })).toEqual(['ana failed']);
  expect(kinds({ text: 'hello nobody' })).toEqual([]);
});

test('filters narrow each other', () => {
  expect(kinds({ peer: 'ana', kinds: ['messages'], text: 'hello' })).toEqual(['ana sent', 'ana acknowledged']);
});
