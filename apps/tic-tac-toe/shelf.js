// Things with a key, in IndexedDB. A change counts as made once the disk has it.

/**
 * @template T
 * @typedef {object} Shelf
 * @property {() => Promise<T[]>} all
 * @property {(thing: T) => Promise<void>} put adds a thing, or replaces the one with the same key
 */

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

/**
 * @template T
 * @param {string} name
 * @param {string} key the property by which things are told apart
 * @returns {Promise<Shelf<T>>}
 */
export const openShelf = async (name, key) => {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('things', { keyPath: key });
  const database = await answer(opening);
  return {
    all: () => answer(database.transaction('things').objectStore('things').getAll()),
    put: (thing) =>
      new Promise((resolve, reject) => {
        const change = database.transaction('things', 'readwrite', { durability: 'strict' });
        change.oncomplete = () => resolve();
        change.onabort = () => reject(change.error);
        change.objectStore('things').put(thing);
      }),
  };
};
