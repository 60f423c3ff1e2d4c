// What a page can load without going anywhere.

import { after, broke, from, held, unsure } from '../report.js';
import { element, link, silent, style } from './elements.js';

const xhr = (url) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    request.onload = () => done(broke(`status ${request.status}`));
    request.onerror = () => done(held('error'));
    request.open('GET', url);
    request.send();
  });

const socket = (url) =>
  new Promise((done) => {
    const it = new WebSocket(url);
    it.onopen = () => done(broke('open'));
    it.onerror = () => done(held('error'));
    it.onclose = () => done(held('closed'));
  });

const events = (url) =>
  new Promise((done) => {
    const it = new EventSource(url);
    it.onopen = () => {
      it.close();
      done(broke('open'));
    };
    it.onerror = () => {
      it.close();
      done(held('error'));
    };
  });

/** A peer connection gathers candidates by asking a STUN server, over UDP. */
const webrtc = async (sink) => {
  if (typeof RTCPeerConnection === 'undefined') return held('RTCPeerConnection is undefined');
  const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${sink.tcp}` }] });
  peer.createDataChannel('way out');
  await peer.setLocalDescription();
  return unsure('gathering candidates');
};

export const loads = {
  'fetch': ({ url }) => from(fetch(url).then(({ status }) => `status ${status}`)),
  'fetch-no-cors': ({ url }) => from(fetch(url, { mode: 'no-cors' }).then(({ type }) => type)),
  'fetch-post': ({ url }) => from(fetch(url, { method: 'POST', mode: 'no-cors', body: 'secret' })),
  'fetch-keepalive': ({ url }) => from(fetch(url, { keepalive: true, mode: 'no-cors' })),
  'fetch-https': ({ sink, name }) => from(fetch(`https://${sink.tcp}/${name}`)),
  'fetch-ipv6': ({ sink, name }) => (sink.http6 ? from(fetch(`${sink.http6}/${name}`)) : unsure('no IPv6 here')),
  'fetch-localhost': ({ url }) => from(fetch(url.replace(/\/\/[\d.]+/, '//localhost'))),
  'xhr': ({ url }) => xhr(url),
  'websocket': ({ sink, name }) => socket(`ws://${sink.tcp}/${name}`),
  'websocket-tls': ({ sink, name }) => socket(`wss://${sink.tcp}/${name}`),
  'event-source': ({ url }) => events(url),
  'webrtc': ({ sink }) => webrtc(sink),
  'webtransport': ({ sink, name }) =>
    typeof WebTransport === 'undefined'
      ? held('WebTransport is undefined')
      : from(new WebTransport(`https://${sink.tcp}/${name}`).ready),
  'beacon': ({ url }) => unsure(`sendBeacon says ${navigator.sendBeacon(url, 'secret')}`),

  'image': ({ url }) => element('img', { src: url }),
  'image-srcset': ({ url }) => element('img', { srcset: `${url} 2x, ${url} 1x` }),
  'image-ipv6': ({ sink, name }) => (sink.http6 ? element('img', { src: `${sink.http6}/${name}` }) : unsure('no IPv6')),
  'picture': ({ url }) => unsure(silent('picture', {}, { inner: `<source srcset="${url}"><img>` }).tagName),
  'input-image': ({ url }) => element('input', { type: 'image', src: url }),
  'svg-image': ({ url }) => unsure(silent('div', {}, { inner: `<svg><image href="${url}"/></svg>` }).tagName),
  'svg-use': ({ url }) => unsure(silent('div', {}, { inner: `<svg><use href="${url}#a"/></svg>` }).tagName),
  'svg-filter': ({ url }) =>
    unsure(
      silent('div', {}, {
        inner: `<svg><filter id="f"><feImage href="${url}"/></filter><rect width="9" height="9" filter="url(#f)"/></svg>`,
      }).tagName,
    ),
  'canvas-pattern': ({ url }) => from(Object.assign(new Image(), { src: url, crossOrigin: 'anonymous' }).decode()),
  'video': ({ url }) => element('video', { src: url, preload: 'auto', autoplay: '' }, { loaded: ['loadeddata'] }),
  'video-poster': ({ url }) => unsure(silent('video', { poster: url }).tagName),
  'video-track': ({ url }) =>
    unsure(silent('video', {}, { inner: `<track default kind="captions" src="${url}">` }).tagName),
  'audio': ({ url }) => element('audio', { src: url, preload: 'auto' }, { loaded: ['loadeddata'] }),
  'font': ({ url }) => from(new FontFace('Out', `url(${url})`).load()),
  'font-face': ({ url }) => {
    style(`@font-face { font-family: Out2; src: url(${url}) } #stage::after { content: 'x'; font-family: Out2 }`);
    return unsure('a rule');
  },

  'stylesheet': ({ url }) => link('stylesheet', url),
  'style-import': ({ url }) => unsure(style(`@import url(${url});`).tagName),
  'style-image': ({ url }) => unsure(style(`#stage { background: url(${url}) }`).tagName),
  'style-attribute': ({ url }) => unsure(silent('p', { style: `list-style: url(${url}); display: list-item` }).tagName),
  'style-cursor': ({ url }) => unsure(style(`body { cursor: url(${url}), auto }`).tagName),
  'script': ({ url }) => element('script', { src: url }),
  'script-module': ({ url }) => element('script', { src: url, type: 'module' }),
  'script-import': ({ url }) => from(import(url)),
  'script-inline': () => {
    silent('script', {}).append('window.inlineScriptRan = true');
    const it = document.createElement('script');
    it.textContent = 'window.inlineScriptRan = true';
    document.body.append(it);
    return window.inlineScriptRan ? broke('it ran') : held('it did not run');
  },
  'script-data': () => element('script', { src: 'data:text/javascript,0' }),
  'script-blob': () => element('script', { src: URL.createObjectURL(new Blob(['0'], { type: 'text/javascript' })) }),
  'eval': () => from((async () => (0, eval)('1 + 1'))()),

  'prefetch': ({ url }) => link('prefetch', url),
  'preload': ({ url }) => link('preload', url, { as: 'image' }),
  'preload-fetch': ({ url }) => link('preload', url, { as: 'fetch', crossorigin: '' }),
  'module-preload': ({ url }) => link('modulepreload', url),
  'preconnect': ({ url }) => link('preconnect', url),
  'prerender': ({ url }) => link('prerender', url),
  'icon': ({ url }) => link('icon', url),
  'web-manifest': ({ url }) => link('manifest', url),
  'speculation': ({ url }) => {
    const it = document.createElement('script');
    it.type = 'speculationrules';
    it.textContent = JSON.stringify({ prefetch: [{ source: 'list', urls: [url] }] });
    document.head.append(it);
    return unsure('a rule');
  },
  'link-ping': async ({ url }) => {
    const it = silent('a', { href: '#', ping: url }, { inner: 'a' });
    it.click();
    await after(100);
    return unsure('clicked');
  },
  'policy-report': ({ url }) => {
    const it = document.createElement('meta');
    it.httpEquiv = 'Content-Security-Policy-Report-Only';
    it.content = `img-src 'none'; report-uri ${url}`;
    document.head.append(it);
    return unsure('a rule');
  },
  'base': async ({ url }) => {
    const it = document.createElement('base');
    it.href = `${url}/`;
    document.head.prepend(it);
    const base = document.baseURI;
    it.remove();
    return base.startsWith(url) ? broke(base) : held(base);
  },
};
