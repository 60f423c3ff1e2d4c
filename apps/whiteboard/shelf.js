// The strokes and whom the own ones were sent to, in IndexedDB.

import { keyOf } from './board.js';

/** @import {Shelf} from './shared.js' */

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @returns {Promise<Shelf>} */
export const openShelf = async () => {
  const opening = indexedDB.open('whiteboard', 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('strokes').createIndex('begun', 'begun');
    opening.result.createObjectStore('members');
  };
  const database = await answer(opening);

  /** @param {string[]} names @param {(change: IDBTransaction) => void} act @returns {Promise<void>} */
  const write = (names, act) =>
    new Promise((resolve, reject) => {
      const change = database.transaction(names, 'readwrite', { durability: 'strict' });
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error);
      act(change);
    });

  // Strokes lie one over the other in the order in which they were begun here.
  /** @type {Map<string, number>} */
  const begun = new Map();
  let next = 0;

  return {
    all: async () => {
      const kept = await answer(database.transaction('strokes').objectStore('strokes').index('begun').getAll());
      for (const { stroke, begun: at } of kept) begun.set(keyOf(stroke), at);
      next = (kept.at(-1)?.begun ?? -1) + 1;
      const members = await answer(database.transaction('members').objectStore('members').getAllKeys());
      return { strokes: kept.map(({ stroke }) => stroke), members: members.map(String) };
    },
    put: (stroke, gone) => {
      if (!stroke && gone.length === 0) return Promise.resolve();
      return write(['strokes'], (change) => {
        const strokes = change.objectStore('strokes');
        for (const key of gone) strokes.delete(key);
        if (!stroke) return;
        const key = keyOf(stroke);
        const at = begun.get(key) ?? next++;
        begun.set(key, at);
        strokes.put({ stroke, begun: at }, key);
      });
    },
    greeted: (member) => write(['members'], (change) => void change.objectStore('members').put(true, member)),
  };
};
