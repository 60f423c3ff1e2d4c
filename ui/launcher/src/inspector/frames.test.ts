import { expect, test } from 'vitest';
import { Batch } from './frames';

/** Frames that the test lets pass, and runs that it ends. */
function byHand() {
  const frames: (() => void)[] = [];
  const runs: (() => void)[] = [];
  const batch = new Batch(
    () => new Promise<void>((resolve) => runs.push(resolve)),
    (work) => frames.push(work),
  );
  return { batch, frames, runs };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('a hundred wakes within a frame are one run', () => {
  const { batch, frames, runs } = byHand();
  for (let i = 0; i < 100; i += 1) batch.wake();
  expect(runs).toHaveLength(0);
  expect(frames).toHaveLength(1);
  frames[0]!();
  expect(runs).toHaveLength(1);
});

test('wakes during a run lead to one more, a frame after it', async () => {
  const { batch, frames, runs } = byHand();
  batch.wake();
  frames[0]!();
  batch.wake();
  batch.wake();
  expect(frames).toHaveLength(1);
  runs[0]!();
  await settled();
  expect(frames).toHaveLength(2);
  frames[1]!();
  expect(runs).toHaveLength(2);
  runs[1]!();
  await settled();
  expect(frames).toHaveLength(2);
});
