// Files: those of other instances, those outside the app's folder, and those of the system.

import { broke, from, held } from '../report.js';
import { element } from './elements.js';

/** Reads a file; an answer that says no is as good as none. */
const reads = (address) =>
  fetch(address).then(
    async (response) => {
      const start = (await response.text()).slice(0, 60);
      return response.ok ? broke(`${response.status}: ${start}`) : held(`status ${response.status}`);
    },
    (error) => held(error),
  );

// As many steps up as any folder is deep, in every spelling of a step.
const steps = {
  'plain': '../',
  'encoded-dots': '%2e%2e/',
  'mixed-dots': '.%2E/',
  'encoded-slash': '..%2f',
  'encoded-both': '%2e%2e%2f',
  'double-encoded': '%252e%252e%252f',
  'triple-encoded': '%25252e%25252e%25252f',
  'backslash': '..\\',
  'encoded-backslash': '..%5c',
  'double-backslash': '..%255c',
  'overlong': '%c0%ae%c0%ae%c0%af',
  'overlong-slash': '..%c0%af',
  'fullwidth': '%ef%bc%8e%ef%bc%8e%ef%bc%8f',
  'unicode-escape': '%u002e%u002e%u002f',
  'null-byte': '..%00/',
  'semicolon': '..;/',
  'doubled': '....//',
  'dotted': './.././',
};
const traversals = Object.fromEntries(
  Object.entries(steps).map(([spelling, step]) => [
    `path-${spelling}`,
    () => reads(`/${step.repeat(16)}etc/passwd`),
  ]),
);

const foreign = ({ sink }, path) => `mutiny-app://${sink.neighbour}/${path}`;

export const files = {
  ...traversals,
  'path-absolute': () => reads('//etc/passwd'),
  'path-encoded-absolute': () => reads('/%2fetc%2fpasswd'),
  'path-null-suffix': () => reads('/etc/passwd%00.html'),
  'path-hidden': () => reads('/.git/config'),
  'path-manifest-above': () => reads('/frames/..%2fmutiny.json'),
  'file-fetch': () => reads('file:///etc/passwd'),
  'file-image': () => element('img', { src: 'file:///usr/share/pixmaps/debian-logo.png' }),
  'file-script': () => element('script', { src: 'file:///etc/passwd' }),
  'file-post': () =>
    fetch('/index.html', { method: 'PUT', body: 'x' }).then(
      ({ ok, status }) => (ok ? broke(`status ${status}`) : held(`status ${status}`)),
      (error) => held(error),
    ),
  'neighbour-fetch': (at) => reads(foreign(at, 'mutiny.json')),
  'neighbour-fetch-no-cors': (at) => from(fetch(foreign(at, 'mutiny.json'), { mode: 'no-cors' })),
  'neighbour-script': (at) => element('script', { src: foreign(at, 'storms.js'), type: 'module' }),
  'neighbour-image': async (at) => {
    const picture = 'frames/way-out.svg';
    const own = await element('img', { src: `/${picture}` });
    return own.held ? broke('there is no such picture') : element('img', { src: foreign(at, picture) });
  },
  'neighbour-frame': async (at) => {
    const frame = document.createElement('iframe');
    frame.src = foreign(at, 'index.html');
    document.getElementById('stage').append(frame);
    await new Promise((done) => setTimeout(done, 200));
    // A frame that stayed empty can still be read.
    return frame.contentDocument ? held(frame.contentDocument.URL) : broke('another origin is in the frame');
  },
  'launcher-fetch': () => reads('tauri://localhost/index.html'),
  'launcher-script': () => element('script', { src: 'tauri://localhost/index.html' }),
  'asset-fetch': () => reads('asset://localhost/%2Fetc%2Fpasswd'),
};
