import type { Invitation } from '../../bindings/core';

/**
 * A sentence for each open invitation in `after` that was not there `before`. Empty where nothing arrived, and on the
 * first read, since what waited already is no arrival.
 */
export function arrivals(before: Invitation[] | undefined, after: Invitation[]): string {
  if (!before) return '';
  const known = new Set(before.map((it) => it.id));
  return after
    .filter((it) => it.answer === 'open' && !known.has(it.id))
    .map((it) => `${it.fromName} invites you to ${it.appName}.`)
    .join(' ');
}
