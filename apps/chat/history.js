// Every message of every conversation, in IndexedDB. A change counts as made once the disk has it.

/**
 * A message of a conversation. `key` is made by its author and travels with it, so that a message which comes twice,
 * for whatever reason, is known to be the same one.
 *
 * @typedef {object} Message
 * @property {string} with whom the conversation is with: `peer/instance`
 * @property {'me' | 'them'} author
 * @property {string} key
 * @property {number} order position among all messages of this history
 * @property {number} at when it was written, by its author's clock
 * @property {string | null} text `null` for something that this version cannot show
 * @property {'sending' | 'queued' | 'delivered' | 'failed'} [state] of an own message
 * @property {string} [id] what the host calls an own message, once it has taken it
 * @property {string} [problem] why an own message failed, as a sentence
 */

/**
 * @typedef {object} History
 * @property {() => Promise<Message[]>} all every message, in order
 * @property {(message: Message) => Promise<void>} put adds a message, or replaces it
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

/** @returns {Promise<History>} */
export const openHistory = async () => {
  const opening = indexedDB.open('chat', 1);
  opening.onupgradeneeded = () => {
    const messages = opening.result.createObjectStore('messages', { keyPath: ['with', 'author', 'key'] });
    messages.createIndex('order', 'order');
  };
  const database = await answer(opening);

  return {
    all: () => answer(database.transaction('messages').objectStore('messages').index('order').getAll()),
    put: (message) =>
      new Promise((resolve, reject) => {
        const change = database.transaction('messages', 'readwrite', { durability: 'strict' });
        change.oncomplete = () => resolve();
        change.onabort = () => reject(change.error);
        change.objectStore('messages').put(message);
      }),
  };
};
