// Taking the whole window somewhere, or opening another.
//
// Where one of these works the page is gone, and with it whatever had still to be reported: that counts as broken too.

import { after, broke, held, unsure } from '../report.js';
import { silent } from './elements.js';

/** A page that goes away hides first. */
let leaving = false;
addEventListener('pagehide', () => (leaving = true));

const goes = async (act) => {
  leaving = false;
  act();
  await after(150);
  return leaving ? broke('the page was left') : unsure('the page stayed');
};

const to = (address) => goes(() => (location.href = address));

const form = (url, more) => {
  const it = silent('form', { action: url, ...more }, { inner: '<input name="what" value="secret">' });
  return goes(() => it.submit());
};

const clicked = (attributes) => {
  const it = silent('a', attributes, { inner: 'a' });
  return goes(() => it.click());
};

const opens = async (...how) => {
  const other = window.open(...how);
  await after(150);
  if (!other || other.closed) return held('no window');
  other.close();
  return broke('a window');
};

/** Saves something, under a name by which it would be found wherever downloads land. */
const saves = ({ name, sink }, href) => clicked({ href, download: `${name}.${sink.neighbour}.txt` });

const text = '<h1>Somewhere else</h1><script>0</script>';

export const navigations = {
  // These leave the page where it is, also where they work.
  'window-open': ({ url }) => opens(url),
  'window-open-named': ({ url }) => opens(url, 'other', 'popup,width=300,height=300'),
  'window-open-blank': () => opens('about:blank'),
  'window-open-own': () => opens('/index.html'),
  'link-blank': ({ url }) => clicked({ href: url, target: '_blank' }),
  'form-blank': ({ url }) => form(url, { method: 'post', target: '_blank' }),
  'link-download-data': (at) => saves(at, `data:text/plain,${'x'.repeat(100)}`),
  'link-download-blob': (at) => saves(at, URL.createObjectURL(new Blob(['x']))),
  'link-download-own': (at) => saves(at, '/style.css'),
  'link-download': (at) => saves(at, at.url),
  // And these take it away.
  'window-open-self': ({ url }) => goes(() => window.open(url, '_self')),
  'location-href': ({ url }) => to(url),
  'location-assign': ({ url }) => goes(() => location.assign(url)),
  'location-replace': ({ url }) => goes(() => location.replace(url)),
  'location-https': ({ sink, name }) => to(`https://${sink.tcp}/${name}`),
  'location-ftp': ({ sink, name }) => to(`ftp://${sink.tcp}/${name}`),
  'location-file': () => to('file:///etc/passwd'),
  'location-data': () => to(`data:text/html,${text}`),
  'location-blob': () => to(URL.createObjectURL(new Blob([text], { type: 'text/html' }))),
  'location-tauri': () => to('tauri://localhost/'),
  'location-tauri-asset': () => to('tauri://localhost/index.html'),
  'location-ipc': () => to('ipc://localhost/plugin%3Alauncher%7Cme'),
  'location-asset': () => to('asset://localhost/%2Fetc%2Fpasswd'),
  'location-webkit': () => to('webkit://gpu'),
  'location-resource': () => to('resource:///org/webkit/'),
  'location-pdf-viewer': () => to('webkit-pdfjs-viewer://pdfjs/web/viewer.html'),
  'location-inspector': () => to('inspector-resource:///'),
  'location-view-source': ({ url }) => to(`view-source:${url}`),
  'location-javascript': async () => {
    location.href = 'javascript:window.addressRan = true';
    await after(100);
    return window.addressRan ? broke('it ran') : held('it did not run');
  },
  'location-mail': () => to('mailto:ana@mutiny.invalid'),
  'location-contact': () => to('mutiny:12D3KooW'),
  'location-neighbour': ({ sink }) => to(`mutiny-app://${sink.neighbour}/`),
  'link': ({ url }) => clicked({ href: url }),
  'link-ping-and-go': ({ url }) => clicked({ href: 'mutiny:nowhere', ping: url }),
  'form-get': ({ url }) => form(url, { method: 'get' }),
  'form-post': ({ url }) => form(url, { method: 'post' }),
  'meta-refresh': ({ url }) =>
    goes(() => silent('meta', { 'http-equiv': 'refresh', content: `0;url=${url}` }, { into: document.head })),
  'frame-takes-top': ({ url }) => {
    const frame = silent('iframe', { src: '/frames/empty.html' });
    return goes(() => frame.addEventListener('load', () => (frame.contentWindow.top.location = url)));
  },
};
