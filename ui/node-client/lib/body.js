// What a message says, between this side's values and the lines'.

import { MutinyError } from './error.js';

/** More levels than this are refused, as they are by window.mutiny. */
const MOST_LEVELS = 100;

/**
 * A value as the body of a message.
 * @param {unknown} data
 * @returns {{ type: 'json' | 'bytes', value: unknown }}
 */
export function encode(data) {
  if (data instanceof ArrayBuffer) return bytes(new Uint8Array(data));
  if (ArrayBuffer.isView(data)) return bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { type: 'json', value: exactly(data, 'the message') };
}

/**
 * A value, if JSON can carry it exactly.
 * @param {unknown} value
 * @param {string} what
 */
export function exactly(value, what) {
  check(value, what, 0);
  return value;
}

/** @param {Uint8Array} view */
function bytes(view) {
  const value = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64');
  return { type: /** @type {const} */ ('bytes'), value };
}

/**
 * Refuses what JSON would change on the way.
 * @param {unknown} value
 * @param {string} where
 * @param {number} level
 * @returns {void}
 */
function check(value, where, level) {
  if (level > MOST_LEVELS) refuse(where, `has more than ${MOST_LEVELS} levels`);
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      return value.isWellFormed() ? undefined : refuse(where, 'holds half a character');
    case 'number':
      return Number.isFinite(value) ? undefined : refuse(where, `is ${value}`);
    case 'object': {
      if (value === null) return;
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) check(value[index], `${where}[${index}]`, level + 1);
        return;
      }
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
        return refuse(where, `is a ${value.constructor?.name ?? 'strange object'}`);
      }
      for (const [key, item] of Object.entries(value)) check(item, `${where}.${key}`, level + 1);
      return;
    }
    default:
      return refuse(where, `is ${value === undefined ? 'undefined' : `a ${typeof value}`}`);
  }
}

/**
 * @param {string} where
 * @param {string} problem
 * @returns {never}
 */
function refuse(where, problem) {
  throw new MutinyError(
    'InvalidArgument',
    `JSON cannot express this: ${where} ${problem}. Use plain objects, arrays, texts, numbers, booleans and null; bytes can only be a message of their own.`,
  );
}

/**
 * An entry of the inbox, with its body as data.
 * @param {any} entry
 * @returns {import('../index.d.ts').Entry | null}
 */
export function decode(entry) {
  if (entry?.kind !== 'message') return entry;
  const { body, ...rest } = entry;
  return { ...rest, data: body.type === 'bytes' ? new Uint8Array(Buffer.from(body.value, 'base64')) : body.value };
}
