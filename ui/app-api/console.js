// What the console of an app's page says of mistakes: what the walls refuse, files that are not there, and errors of
// `window.mutiny` that nobody caught. Injected after `mutiny.js`. Plain JavaScript, checked by the compiler.
//
// It only puts into words what every page is told anyway by events, so a page gains nothing by it.

(() => {
  'use strict';

  // Taken once, so that a page which changes `window` later breaks nothing here. The console is not: tools wrap it.
  const { fetch, location, mutiny } = window;
  const { MutinyError } = mutiny;

  /** A page with more mistakes than that is told of the first ones. */
  const MOST = 100;

  /** What all addresses of the app's own files begin with. */
  const OWN = `${location.protocol}//${location.host}/`;

  /** What was said or looked at, as a mistake in a loop is one mistake. @type {Set<string>} */
  const known = new Set();

  /** @param {string} thing */
  const isNews = (thing) => known.size < MOST && known.size < known.add(thing).size;

  /**
   * @param {string} code
   * @param {string} sentence
   */
  const say = (code, sentence) => {
    if (isNews(sentence)) window.console.error(`Mutiny [${code}]: ${sentence}`);
  };

  /**
   * A file of the app by its path, as a developer knows it.
   * @param {string} url one of the app's own
   */
  const pathOf = (url) => {
    const path = url.slice(OWN.length).replace(/[?#].*/s, '');
    try {
      return decodeURIComponent(path) || 'the entry page';
    } catch {
      return path;
    }
  };

  // -------------------------------------------------------------------------------------- what the walls refuse

  /** What a file was to be, by the directive of the policy that speaks of it. @type {Record<string, string>} */
  const AS = {
    'script-src': 'a script',
    'style-src': 'a style sheet',
    'img-src': 'a picture',
    'font-src': 'a font',
    'media-src': 'sound or film',
    'manifest-src': 'a manifest',
  };

  /**
   * What was refused, why, and what to do instead.
   * @param {string} directive of the content security policy, without its `-elem` or `-attr`
   * @param {boolean} attribute whether it was one of an element
   * @param {string} blocked what the web engine calls it
   * @param {string} at where
   */
  const refusal = (directive, attribute, blocked, at) => {
    const thing = blocked.startsWith(OWN)
      ? pathOf(blocked)
      : /^[a-z-]+$/.test(blocked)
        ? `A ${blocked}: address`
        : blocked;
    if (blocked === 'eval' || blocked === 'wasm-eval')
      return `A text was not run as code (${at}): eval(), new Function() and timers that are given texts are refused, so that nothing which comes from elsewhere ever runs. Write it as a function.`;
    if (blocked === 'inline' && directive === 'script-src')
      return attribute
        ? `An “on…” attribute was not run (${at}): scripts run only from files of the app's folder, so that nothing which comes from elsewhere ever does. Use addEventListener() in a script file.`
        : `A script that is written into the page was not run (${at}): scripts run only from files of the app's folder, so that nothing which comes from elsewhere ever does. Put it into a file, and load it with <script type="module" src="…">.`;
    if (directive in AS)
      return `${thing} was not loaded as ${AS[directive]} (${at}): an app loads only files of its own folder, so that it works without a network and nobody learns who uses it. Put the file into the app's folder, and name it by its path there.`;
    switch (directive) {
      case 'connect-src':
        return `A connection to ${blocked} was refused (${at}): an app reaches no network by itself, neither the internet nor this computer. Bring what it needs as a file in the app's folder, and talk to other people with mutiny.send().`;
      case 'worker-src':
        return `${thing} was not started as a worker (${at}): workers run only from files of the app's folder. Put its code into a file, and name it by its path there.`;
      case 'frame-src':
      case 'child-src':
        return `${thing} is not shown in a frame (${at}): frames show only pages of the app's folder. Put the page there, or tell people the address as text.`;
      case 'form-action':
        return `A form was not sent to ${thing} (${at}): an app has no server. Listen for “submit”, call event.preventDefault(), and take what was filled in from there.`;
      case 'base-uri':
        return `<base> was ignored (${at}): all paths are within the app's folder. Leave it out.`;
      default:
        return `${thing} was refused (${at}): a page may use files of its own folder as scripts, styles, pictures, fonts, sound, frames and workers, and nothing else (${directive}). Leave it out; “What an app's page may do” in the guide says more.`;
    }
  };

  window.addEventListener('securitypolicyviolation', (event) => {
    if (!event.isTrusted || event.disposition === 'report') return;
    const { blockedURI, documentURI, effectiveDirective, lineNumber, sourceFile } = event;
    // What is written into a page has no file of its own.
    const source = sourceFile || documentURI;
    const file = source.startsWith(OWN) ? pathOf(source) : 'a frame';
    const at = lineNumber > 0 ? `${file}, line ${lineNumber}` : file;
    const [, directive = '', part] = /^(.*?)(-elem|-attr)?$/.exec(effectiveDirective) ?? [];
    say('Refused', refusal(directive, part === '-attr', blockedURI || 'Something', at));
  });

  // ------------------------------------------------------------------------------------------ files that are not

  /**
   * An element could not load one of the app's own files. Why is not in its event, so the file is asked for once more.
   * @param {string} tag
   * @param {string} url
   */
  const explain = async (tag, url) => {
    const file = pathOf(url);
    const { status } = await fetch(url, { method: 'HEAD' });
    if (status === 404)
      return say(
        'NoSuchFile',
        `There is no “${file}” in the app's folder, and <${tag}> in ${pathOf(location.href)} asks for it. Paths begin at the page's own folder, and capital letters count; “mutiny check” finds all that is missing.`,
      );
    if (status !== 200) return;
    say(
      'Unusable',
      tag === 'script'
        ? `“${file}” is there, but was not run: a file that it imports is missing, or not JavaScript. “mutiny check” finds all that is missing.`
        : `“${file}” is there, but <${tag}> cannot use it: it is damaged, or of another type than its name says.`,
    );
  };

  window.addEventListener(
    'error',
    (event) => {
      if (event.error) return tellUncaught(event, event.error);
      if (!event.isTrusted) return;
      const { localName, currentSrc, src, href } = /** @type {Record<string, unknown>} */ (Object(event.target));
      const url = currentSrc || src || href;
      if (typeof localName !== 'string' || typeof url !== 'string' || !url.startsWith(OWN)) return;
      if (isNews(`${localName} ${url}`)) explain(localName, url).catch(() => {});
    },
    // Such events do not bubble.
    true,
  );

  // ------------------------------------------------------------------------------------------- errors uncaught

  /**
   * The web engine's own line would leave the code out. WebKit does not call such events trusted.
   * @param {Event} event
   * @param {unknown} reason
   */
  const tellUncaught = (event, reason) => {
    if (!(reason instanceof MutinyError)) return;
    event.preventDefault();
    window.console.error(`Uncaught ${reason.stack}`);
  };

  window.addEventListener('unhandledrejection', (event) => tellUncaught(event, event.reason));
})();
