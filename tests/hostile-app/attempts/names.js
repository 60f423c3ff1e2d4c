// Names to look up: a question to a name server carries whatever the name spells. Tried only where somebody plays that
// server (`zone` in sink.json), since an answer would otherwise have to come from outside of this machine.

import { from, unsure } from '../report.js';
import { element, link, silent } from './elements.js';

const host = ({ name, sink }) => `http://${name}.${sink.zone}`;

export const names = {
  'name-fetch': (at) => from(fetch(host(at))),
  'name-image': (at) => element('img', { src: host(at) }),
  'name-prefetch': (at) => link('prefetch', host(at)),
  'name-preconnect': (at) => link('preconnect', host(at)),
  'name-dns-prefetch': (at) => link('dns-prefetch', host(at)),
  'name-dns-prefetch-bare': ({ name, sink }) => link('dns-prefetch', `//${name}.${sink.zone}`),
  'name-link': (at) => unsure(silent('a', { href: host(at) }, { inner: 'a' }).tagName),
  'name-frame': (at) => unsure(silent('iframe', { src: host(at) }).tagName),
  'name-websocket': (at) =>
    from(
      new Promise((done, failed) => {
        const socket = new WebSocket(host(at).replace('http', 'ws'));
        socket.onopen = done;
        socket.onerror = () => failed('error');
      }),
    ),
  'name-navigation': async (at) => {
    location.href = host(at);
    return unsure('assigned');
  },
};
