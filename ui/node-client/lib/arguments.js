// Mistakes in what is passed are told before anything is asked of the host, in the words of window.mutiny.

import { MutinyError } from './error.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @param {string} message */
const invalid = (message) => new MutinyError('InvalidArgument', message);

/**
 * @param {unknown} id
 * @param {string} what
 */
export function checkId(id, what) {
  if (typeof id !== 'string' || !UUID.test(id))
    throw invalid(`${what} is not an id. Pass the id exactly as the API gave it.`);
  return id;
}

/**
 * @param {any} to
 * @returns {import('../index.d.ts').Address}
 */
export function checkAddress(to) {
  if (typeof to?.peer !== 'string') throw invalid('A message goes to an address: { peer, instance }.');
  if (to.instance === null)
    throw invalid('The other side has not accepted the invitation yet, so there is no instance to send to.');
  return { peer: to.peer, instance: checkId(to.instance, 'The instance of the address') };
}

/**
 * The host counts whole milliseconds.
 * @param {unknown} deadline
 * @returns {{ deadline?: number }}
 */
export function checkDeadline(deadline) {
  if (deadline === undefined) return {};
  if (typeof deadline !== 'number' || !(deadline > 0 && deadline <= Number.MAX_SAFE_INTEGER))
    throw invalid('The deadline is a number of milliseconds from now, greater than zero.');
  return { deadline: Math.ceil(deadline) };
}
