// Threads of one's own.

import { broke, from, held } from '../report.js';

/** A worker that ought not to run at all. */
const starts = (make) =>
  new Promise((done) => {
    const worker = make();
    const port = worker.port ?? worker;
    port.onmessage = () => done(broke('it runs'));
    worker.onerror = () => done(held('error'));
  });

const hello = () => URL.createObjectURL(new Blob(['postMessage("hello")'], { type: 'text/javascript' }));

// One worker tries all of its own ways and answers for each.
const answers = new Map();
let worker;
const inWorker = ({ name }) =>
  new Promise((done) => {
    answers.set(name, done);
    if (worker) return;
    worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data: { name, held, seen } }) => answers.get(name)({ held, seen });
  });

export const workers = {
  'worker': ({ url }) => starts(() => new Worker(url)),
  'worker-module': ({ url }) => starts(() => new Worker(url, { type: 'module' })),
  'worker-blob': () => starts(() => new Worker(hello())),
  'worker-data': () => starts(() => new Worker('data:text/javascript,postMessage(1)')),
  'shared-worker': ({ url }) => starts(() => new SharedWorker(url)),
  'service-worker': async () => {
    if (!navigator.serviceWorker) return held('navigator.serviceWorker is undefined');
    return from(navigator.serviceWorker.register('/classic-worker.js'));
  },
  'worklet': async ({ url }) => from(new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule(url)),
  'worker-import-scripts': ({ url }) =>
    new Promise((done) => {
      const it = new Worker('/classic-worker.js');
      it.onmessage = ({ data }) => done(data);
      it.onerror = (error) => done(held(error.message));
      it.postMessage(url);
    }),
  'worker-fetch': inWorker,
  'worker-xhr': inWorker,
  'worker-websocket': inWorker,
  'worker-event-source': inWorker,
  'worker-import': inWorker,
  'worker-nested': inWorker,
};
