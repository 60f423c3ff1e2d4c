// What a worker can try: it has a policy of its own, that of the response which brought this script.

const { http, tcp } = await (await fetch('/sink.json')).json();

const tries = {
  'worker-fetch': (url) => fetch(url),
  'worker-xhr': (url) =>
    new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.onload = done;
      request.onerror = () => failed('error');
      request.open('GET', url);
      request.send();
    }),
  'worker-websocket': (_, name) =>
    new Promise((done, failed) => {
      const socket = new WebSocket(`ws://${tcp}/${name}`);
      socket.onopen = done;
      socket.onerror = () => failed('error');
    }),
  'worker-event-source': (url) =>
    new Promise((done, failed) => {
      const source = new EventSource(url);
      source.onopen = done;
      source.onerror = () => {
        source.close();
        failed('error');
      };
    }),
  'worker-import': (url) => import(url),
  'worker-nested': (url) =>
    new Promise((done, failed) => {
      const worker = new Worker(url);
      worker.onmessage = done;
      worker.onerror = () => failed('error');
    }),
};

for (const [name, act] of Object.entries(tries)) {
  Promise.resolve()
    .then(() => act(`${http}/${name}`, name))
    .then(
      () => postMessage({ name, held: false, seen: 'it worked' }),
      (error) => postMessage({ name, held: true, seen: String(error) }),
    );
}
