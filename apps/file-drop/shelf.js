// The transfers, the files that are sent and the parts that were received, in IndexedDB.

/** @import {Shelf} from './transfers.js' */

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
  const opening = indexedDB.open('file-drop', 1);
  opening.onupgradeneeded = () => {
    for (const name of ['transfers', 'files', 'parts']) opening.result.createObjectStore(name);
  };
  const database = await answer(opening);

  /** @param {string} name */
  const read = (name) => database.transaction(name).objectStore(name);

  /** @param {string[]} names @param {(stores: Record<string, IDBObjectStore>) => void} act @returns {Promise<void>} */
  const write = (names, act) =>
    new Promise((resolve, reject) => {
      const change = database.transaction(names, 'readwrite', { durability: 'strict' });
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error);
      act(Object.fromEntries(names.map((name) => [name, change.objectStore(name)])));
    });

  return {
    all: () => answer(read('transfers').getAll()),
    put: (transfer) => write(['transfers'], ({ transfers }) => transfers?.put(transfer, transfer.id)),
    putFile: (id, file) => write(['files'], ({ files }) => files?.put(file, id)),
    file: (id) => answer(read('files').get(id)),
    putPart: (transfer, index, content) =>
      write(['transfers', 'parts'], ({ transfers, parts }) => {
        parts?.put(new Blob([content]), [transfer.id, index]);
        transfers?.put(transfer, transfer.id);
      }),
    parts: async (id, count) => {
      const parts = await answer(read('parts').getAll(IDBKeyRange.bound([id, 0], [id, count - 1])));
      return new Blob(parts);
    },
    remove: (id) =>
      write(['transfers', 'files', 'parts'], ({ transfers, files, parts }) => {
        transfers?.delete(id);
        files?.delete(id);
        parts?.delete(IDBKeyRange.bound([id, 0], [id, Infinity]));
      }),
  };
};
