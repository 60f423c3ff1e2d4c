import { expect, test } from 'vitest';
import { MadeUpSession } from '../../dev/session';
import { outlook, steps, Stories } from './stories';

/** All that was made up, and its stories. */
function told(made: MadeUpSession) {
  const stories = new Stories();
  for (const happening of made.timeline) stories.add(happening);
  return stories;
}

const json = (value: string) => ({ type: 'json', value }) as const;

test('a message goes from its sender to the app at the other end', () => {
  const made = new MadeUpSession(2);
  made.deliver('ana', 'ben', 'hello', [8, 3, 2000]);
  const stories = told(made);
  const story = stories.of(made.timeline[0]!)!;
  expect(story).toMatchObject({ from: 'ana', to: 'ben', says: '“hello”', invitation: false });
  expect(steps(story).map(({ happening, after }) => [happening.peer, happening.kind, after])).toEqual([
    ['ana', 'sent', null],
    ['ben', 'received', 8],
    ['ana', 'acknowledged', 3],
    ['ben', 'taken', 2000],
  ]);
  for (const happening of made.timeline) expect(stories.of(happening)).toBe(story);
});

test('stories that happen at the same time are kept apart', () => {
  const made = new MadeUpSession(2);
  const one = made.send('ana', 'ben', json('one'));
  const two = made.send('ana', 'ben', json('two'));
  made.happen('ben', { kind: 'received', message: one, from: 'ana' });
  made.fail('ana', two, 'expired', 'unknown');
  const stories = told(made);
  expect(stories.of(made.timeline[2]!)!.says).toBe('“one”');
  expect(stories.of(made.timeline[3]!)!.steps.map(({ kind }) => kind)).toEqual(['sent', 'failed']);
});

test('a story whose beginning is forgotten says what it can', () => {
  const made = new MadeUpSession(2);
  made.deliver('ana', 'ben', 'hello');
  made.timeline.shift();
  expect(told(made).of(made.timeline[0]!)).toMatchObject({ from: 'ana', to: 'ben', says: '' });
});

test('a failure notice is no message', () => {
  const made = new MadeUpSession(2);
  made.happen('ana', { kind: 'taken', entry: 'a-notice' });
  expect(told(made).of(made.timeline[0]!)).toBeUndefined();
});

test('an answer belongs to the invitation before it', () => {
  const made = new MadeUpSession(3);
  made.invite('ana', 'ben');
  made.invite('cleo', 'ben');
  made.happen('ben', { kind: 'answered', from: 'ana', accepted: true });
  const stories = told(made);
  const story = stories.of(made.timeline.at(-1)!)!;
  expect(story).toBe(stories.of(made.timeline[0]!));
  expect(story.invitation).toBe(true);
  expect(story.steps.map(({ kind }) => kind)).toEqual(['invited', 'invitation', 'acknowledged', 'answered']);
});

test('what is reported out of order took no time', () => {
  const made = new MadeUpSession(2);
  const message = made.send('ana', 'ben', json('hello'));
  made.pass(-1).happen('ben', { kind: 'received', message, from: 'ana' });
  expect(steps(told(made).of(made.timeline[0]!)!)[1]!.after).toBe(0);
});

test('a story says what it waits for', () => {
  const made = new MadeUpSession(2);
  const message = made.send('ana', 'ben', json('hello'));
  const now = () => outlook(told(made).of(made.timeline[0]!)!);
  expect(now()).toBe('It waits in ana’s outbox: ben does not have it yet.');
  made.happen('ben', { kind: 'received', message, from: 'ana' });
  expect(now()).toBe('It waits in ben’s inbox until the app takes it.');
  made.happen('ben', { kind: 'taken', entry: message });
  expect(now()).toBe('');
});
