import { createSubscriber } from 'svelte/reactivity';

const BEAT = 30_000;

const beat = createSubscriber((update) => {
  const timer = setInterval(update, BEAT);
  return () => clearInterval(timer);
});

/** The time now. Whatever shows it is shown anew every half a minute, as long as it is on screen. */
export function now(): number {
  beat();
  return Date.now();
}
