// Storage: an app has its own, and no more of it than the engine grants.

import { broke, held, unsure } from '../report.js';

const opened = (request, upgrade) =>
  new Promise((done, failed) => {
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

const put = (database, key) =>
  new Promise((done, failed) => {
    const writing = database.transaction('filler', 'readwrite');
    writing.objectStore('filler').put(new Uint8Array(1 << 20).fill(key), key);
    writing.oncomplete = done;
    writing.onabort = () => failed(writing.error);
  });

export const storage = {
  'local-storage-100-mb': () => {
    const megabyte = 'x'.repeat(1 << 20);
    let stored = 0;
    try {
      for (; stored < 100; stored++) localStorage.setItem(`filler-${stored}`, megabyte);
    } catch (error) {
      return held(`${error.name} after ${stored} MB`);
    } finally {
      for (let i = 0; i <= stored; i++) localStorage.removeItem(`filler-${i}`);
    }
    return broke('100 MB in localStorage');
  },
  'indexed-db-100-mb': async () => {
    // Its own storage, which it may fill; what counts is that nobody else notices, which the tests look at.
    const database = await opened(indexedDB.open('filler', 1), (db) => db.createObjectStore('filler'));
    let stored = 0;
    try {
      for (; stored < 100; stored++) await put(database, stored);
    } catch (error) {
      return held(`${error.name} after ${stored} MB`);
    } finally {
      database.close();
      indexedDB.deleteDatabase('filler');
    }
    return unsure('100 MB, removed again');
  },
  'cookie': () => {
    document.cookie = 'hostile=1; domain=localhost';
    document.cookie = 'hostile=2; max-age=999999';
    return document.cookie ? unsure(document.cookie) : held('no cookies');
  },
  'storage-persist': async () => {
    if (!navigator.storage?.persist) return held('persist is undefined');
    return (await navigator.storage.persist()) ? unsure('granted') : held('refused');
  },
  'cache-foreign': async ({ url }) => {
    if (typeof caches === 'undefined') return held('caches is undefined');
    const cache = await caches.open('hostile');
    return cache.add(url).then(
      () => broke('it worked'),
      (error) => held(error),
    );
  },
};
