// What a page's console says of mistakes. The events are those of the web engine; tests/e2e has them from a real one.

import { describe, expect, test, vi } from 'vitest';
import script from '../console.js?raw';
import { Host } from './host.ts';

const HOME = 'mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/';

/** A page with a console, whose app has these files. */
const openPage = (files: string[] = []) => {
  const said: string[] = [];
  const listeners = new Map<string, (event: object) => void>();
  const mutiny = new Host().openPage();
  const fetch = vi.fn(async (url: string) => ({ status: files.some((file) => url === HOME + file) ? 200 : 404 }));
  const window = {
    mutiny,
    fetch,
    location: { protocol: 'mutiny-app:', host: new URL(HOME).host, href: `${HOME}index.html` },
    console: { error: (line: string) => said.push(line) },
    addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
  };
  new Function('window', script)(window);
  const tell = (type: string, event: object) => listeners.get(type)?.({ isTrusted: true, ...event });
  const refuse = (effectiveDirective: string, blockedURI: string, more: object = {}) => {
    const where = { documentURI: `${HOME}index.html`, sourceFile: `${HOME}js/main.js`, lineNumber: 7 };
    tell('securitypolicyviolation', { disposition: 'enforce', effectiveDirective, blockedURI, ...where, ...more });
  };
  const fail = (localName: string, file: string) => tell('error', { target: { localName, src: HOME + file } });
  return { mutiny, said, tell, refuse, fail, fetch };
};

describe('what the walls refuse', () => {
  test.each([
    ['script-src-elem', 'inline', 'A script that is written into the page was not run', 'Put it into a file'],
    ['script-src-attr', 'inline', 'An “on…” attribute was not run', 'addEventListener()'],
    ['script-src', 'eval', 'A text was not run as code', 'Write it as a function.'],
    [
      'script-src-elem',
      'https://cdn.example/a.js',
      'https://cdn.example/a.js was not loaded as a script',
      "the app's folder",
    ],
    ['script-src-elem', 'blob', 'A blob: address was not loaded as a script', "the app's folder"],
    [
      'style-src-elem',
      'https://cdn.example',
      'https://cdn.example was not loaded as a style sheet',
      "the app's folder",
    ],
    ['img-src', 'https://cdn.example', 'not loaded as a picture', "the app's folder"],
    ['font-src', 'https://cdn.example', 'not loaded as a font', "the app's folder"],
    ['media-src', 'https://cdn.example', 'not loaded as sound or film', "the app's folder"],
    ['connect-src', 'http://127.0.0.1:8080', 'A connection to http://127.0.0.1:8080 was refused', 'mutiny.send()'],
    ['worker-src', 'blob', 'A blob: address was not started as a worker', 'Put its code into a file'],
    ['frame-src', 'https://map.example', 'https://map.example is not shown in a frame', 'Put the page there'],
    ['form-action', 'https://map.example', 'A form was not sent to https://map.example', 'event.preventDefault()'],
    ['base-uri', 'https://map.example', '<base> was ignored', 'Leave it out.'],
    ['object-src', `${HOME}plan.pdf`, 'plan.pdf was refused', 'nothing else (object-src)'],
  ])('%s: %s', (directive, blocked, what, instead) => {
    const { refuse, said } = openPage();
    refuse(directive, blocked);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^Mutiny \[Refused\]: .*\(js\/main\.js, line 7\): .*\.$/);
    expect(said[0]).toContain(what);
    expect(said[0]).toContain(instead);
  });

  test.each([
    ['in the page, where it has no file of its own', { sourceFile: '', lineNumber: 5 }, '(index.html, line 5)'],
    ['without a line, where the web engine knows none', { sourceFile: '', lineNumber: 0 }, '(index.html)'],
    ['in the entry page', { sourceFile: '', documentURI: HOME, lineNumber: 5 }, '(the entry page, line 5)'],
  ])('is %s', (_, more, where) => {
    const { refuse, said } = openPage();
    refuse('img-src', 'https://a.example', more);
    expect(said[0]).toContain(where);
  });

  test('is said once, however often it happens', () => {
    const { refuse, said } = openPage();
    for (let i = 0; i < 3; i++) refuse('img-src', 'https://a.example');
    refuse('img-src', 'https://b.example');
    expect(said).toHaveLength(2);
  });

  test('a page that does nothing else is not told without end', () => {
    const { refuse, said } = openPage();
    for (let i = 0; i < 1000; i++) refuse('img-src', `https://${i}.example`);
    expect(said).toHaveLength(100);
  });

  test('what a page made up itself is no news', () => {
    const { refuse, said, tell } = openPage();
    refuse('img-src', 'https://a.example', { isTrusted: false });
    tell('error', { isTrusted: false, target: { localName: 'img', src: `${HOME}a.png` } });
    expect(said).toEqual([]);
  });
});

describe('files of the app', () => {
  test('one that is not there is named by its path', async () => {
    const { fail, said } = openPage();
    fail('img', 'pictures/gr%C3%BC%C3%9Fe.png?v=1');
    await expect.poll(() => said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^Mutiny \[NoSuchFile\]: There is no “pictures\/grüße\.png” in the app's folder, and <img> in index\.html asks for it\..*“mutiny check”/,
    );
  });

  test('one that is there, and of no use, is not said to be missing', async () => {
    const { fail, said } = openPage(['a.png', 'main.js']);
    fail('img', 'a.png');
    fail('script', 'main.js');
    await expect.poll(() => said).toHaveLength(2);
    expect(said[0]).toContain('“a.png” is there, but <img> cannot use it');
    expect(said[1]).toContain('a file that it imports is missing');
  });

  test('each is asked for once, and what belongs to others never', async () => {
    const { fail, tell, fetch } = openPage();
    for (let i = 0; i < 3; i++) fail('img', 'a.png');
    tell('error', { target: { localName: 'img', src: 'https://a.example/a.png' } });
    tell('error', { target: {} });
    expect(fetch.mock.calls.map(([url]) => url)).toEqual([`${HOME}a.png`]);
  });
});

describe('errors of the API that nobody caught', () => {
  test('are shown with their code, instead of the line of the web engine', async () => {
    const { mutiny, tell, said } = openPage();
    const preventDefault = vi.fn();
    const reason = await mutiny.status('x').catch((error: unknown) => error);
    tell('unhandledrejection', { reason, preventDefault });
    tell('error', { error: reason, preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(2);
    expect(said).toHaveLength(2);
    for (const line of said)
      expect(line).toMatch(/^Uncaught MutinyError \[InvalidArgument\]: The message is not an id\. Pass the id exactly/);
  });

  test('those of others are left to the web engine', () => {
    const { tell, said } = openPage();
    tell('unhandledrejection', { reason: new Error('mine') });
    tell('error', { error: new Error('mine') });
    expect(said).toEqual([]);
  });
});
