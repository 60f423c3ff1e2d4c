import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Topic } from '../../../bindings/dev';
import { MadeUpSession } from '../../dev/session';
import type { Host } from './host';
import { Inspector } from './inspector.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An inspector of a made-up session, and the way to wake it. */
function over(made: MadeUpSession) {
  let wake: (topic: Topic) => void = () => {};
  const host: Partial<Host> = {
    session: vi.fn(() => Promise.resolve(structuredClone(made.session))),
    timeline: (after) => Promise.resolve(made.timeline.slice(after, after + 500)),
    setPeer: (name, switches) => Promise.resolve(void Object.assign(made.peer(name), switches)),
    watch: (call) => {
      wake = call;
      return Promise.resolve();
    },
  };
  return { host, inspector: new Inspector(host as Host), wake: (topic: Topic) => wake(topic) };
}

async function started(made: MadeUpSession) {
  const all = over(made);
  const starting = all.inspector.start();
  await vi.advanceTimersByTimeAsync(200);
  await starting;
  return all;
}

test('peers are known by their ids, and whom they reach by their links', async () => {
  const made = new MadeUpSession(3).begin();
  made.link('ana', 'cleo').connected = false;
  const { inspector } = await started(made);
  expect(inspector.named(made.peer('ben').id)).toBe('ben');
  expect(inspector.named('12D3KooWsomebody')).toBeUndefined();
  expect(inspector.face('ben')).toBe(made.peer('ben').id);
  expect(inspector.reached('ben')).toEqual(['ana', 'cleo']);
  expect(inspector.reached('cleo')).toEqual(['ben']);
});

test('a hundred wakes a second are ten reads', async () => {
  const { host, wake } = await started(new MadeUpSession(2));
  const before = vi.mocked(host.session!).mock.calls.length;
  for (let i = 0; i < 100; i += 1) {
    wake('session');
    await vi.advanceTimersByTimeAsync(10);
  }
  const reads = vi.mocked(host.session!).mock.calls.length - before;
  expect(reads).toBeGreaterThanOrEqual(9);
  expect(reads).toBeLessThanOrEqual(11);
});

test('what was done is shown when it is over, also in a storm', async () => {
  const made = new MadeUpSession(2);
  const { inspector, host, wake } = await started(made);
  let over = false;
  const acting = inspector
    .act(() => host.setPeer!('ana', { offline: true, full: false, ahead: 0 }))
    .then(() => {
      expect(inspector.peers[0]?.offline).toBe(true);
      over = true;
    });
  for (let i = 0; i < 30 && !over; i += 1) {
    wake('session');
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(over).toBe(true);
  await acting;
});
