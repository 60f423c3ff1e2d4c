import { afterEach, expect, test, vi } from 'vitest';
import { MadeUpSession } from '../../dev/session';
import { sessions } from '../../dev/sessions';
import { EVERYTHING } from './filters';
import { Timeline } from './timeline.svelte';

afterEach(() => vi.useRealTimers());

/** A timeline over a host that tells what was made up, and the numbers it was asked for. */
function over(made: MadeUpSession) {
  const asked: number[] = [];
  const frames: (() => void)[] = [];
  const host = {
    timeline: (after: number) => {
      asked.push(after);
      return Promise.resolve(made.timeline.slice(after, after + 500));
    },
  };
  return { asked, frames, host, timeline: new Timeline(host, (work) => frames.push(work)) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('all that happened is read, page by page, and then only what is new', async () => {
  const made = sessions['storm']!();
  const { timeline, asked, frames } = over(made);
  await timeline.pull();
  expect(timeline.count).toBe(made.timeline.length);
  expect(asked.length).toBe(Math.floor(made.timeline.length / 500) + 1);
  made.deliver('ana', 'ben', 'one more');
  for (let i = 0; i < 100; i += 1) timeline.wake();
  frames.forEach((work) => work());
  await settled();
  expect(asked.slice(-1)).toEqual([made.timeline.length - 4]);
  expect(timeline.shown.at(-1)?.number).toBe(made.timeline.length);
});

test('a filter holds for what comes later', async () => {
  const made = new MadeUpSession(2).begin();
  const { timeline } = over(made);
  await timeline.pull();
  timeline.filter = { ...EVERYTHING, kinds: ['messages'] };
  expect(timeline.shown).toHaveLength(0);
  made.deliver('ana', 'ben', 'hello');
  made.announce('ana', 1);
  await timeline.pull();
  expect(timeline.shown.map(({ kind }) => kind)).toEqual(['sent', 'received', 'acknowledged', 'taken']);
  expect(timeline.place(made.timeline.at(-1))).toBe(-1);
});

test('a list that stays where it is counts what is new, as the filter has it', async () => {
  const made = new MadeUpSession(2).begin();
  const { timeline } = over(made);
  await timeline.pull();
  expect(timeline.unseen).toBe(0);
  timeline.select(timeline.shown[0]);
  made.deliver('ana', 'ben', 'hello');
  made.announce('ana', 1);
  await timeline.pull();
  expect(timeline.unseen).toBe(6);
  timeline.filter = { ...EVERYTHING, kinds: ['messages', 'switches'] };
  expect(timeline.unseen).toBe(4);
  timeline.follow(true);
  expect(timeline.unseen).toBe(0);
});

test('a filter that leaves out what is selected follows the newest again', async () => {
  const made = new MadeUpSession(2).begin();
  const { timeline } = over(made);
  await timeline.pull();
  timeline.select(timeline.shown[0]);
  timeline.filter = { ...EVERYTHING, kinds: ['switches'] };
  expect(timeline.following).toBe(false);
  timeline.filter = { ...EVERYTHING, kinds: ['messages'] };
  expect(timeline.following).toBe(true);
});

test('failures are said aloud, a breath of them at a time, but not those of before', async () => {
  vi.useFakeTimers();
  const made = sessions['conversation']!();
  const { timeline } = over(made);
  await timeline.pull();
  await vi.advanceTimersByTimeAsync(2000);
  expect(timeline.alarm).toBe('');
  made.happen('ana', { kind: 'page', level: 'error', text: 'Error: one' });
  await timeline.pull();
  await vi.advanceTimersByTimeAsync(1000);
  expect(timeline.alarm).toBe('The page in ana’s window: Error: one');
  for (let i = 0; i < 5; i += 1) made.happen('ana', { kind: 'page', level: 'error', text: `Error: ${i}` });
  await timeline.pull();
  await vi.advanceTimersByTimeAsync(1000);
  expect(timeline.alarm).toBe('5 failures, the last: The page in ana’s window: Error: 4');
});

test('a host that fails is told, and asked again', async () => {
  const made = new MadeUpSession(2).begin();
  const { timeline, host } = over(made);
  const works = host.timeline;
  host.timeline = () => Promise.reject({ code: 'Ended', message: 'The session has ended.' });
  await timeline.pull();
  expect(timeline.problem?.message).toBe('The session has ended.');
  expect(timeline.loaded).toBe(false);
  host.timeline = works;
  await timeline.pull();
  expect(timeline.problem).toBeUndefined();
  expect(timeline.count).toBe(made.timeline.length);
});

test('no more is kept than the host keeps, whatever comes', async () => {
  const made = new MadeUpSession(2);
  while (made.timeline.length < 56_000) made.deliver('ana', 'ben', 'hello');
  const { timeline } = over(made);
  await timeline.pull();
  expect(timeline.count).toBeLessThanOrEqual(55_000);
  expect(timeline.shown).toHaveLength(timeline.count);
  expect(timeline.shown.at(-1)?.number).toBe(56_000);
  expect(timeline.gone).toBe(56_000 - timeline.count);
});
