// Passes on to the inspector what a page writes to its console, and what fails in it without anybody catching it.
(() => {
  const { invoke } = window.__TAURI_INTERNALS__;

  /** As a person would read it in the console. */
  const word = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  };

  // Of calls that the page before this one made: no mistake of anybody's.
  const isEcho = (text) => text.startsWith("[TAURI] Couldn't find callback id");

  const tell = (level, text) => {
    if (isEcho(text)) return;
    // Without the host there is nobody to tell.
    invoke('plugin:page|tell', { level, text }).catch(() => {});
  };

  const levels = { debug: 'info', log: 'info', info: 'info', warn: 'warning', error: 'error' };
  for (const [method, level] of Object.entries(levels)) {
    const original = console[method].bind(console);
    console[method] = (...values) => {
      original(...values);
      tell(level, values.map(word).join(' '));
    };
  }

  /** A file of the app, without its origin. */
  const where = (file, line) => (file ? ` (${file.replace(`${location.origin}/`, '')}:${line})` : '');

  addEventListener('error', (event) => {
    // What could not be loaded is an error of its element, and not of a script.
    if (event.message) tell('error', `${event.message}${where(event.filename, event.lineno)}`);
  });
  addEventListener('unhandledrejection', (event) => {
    const { reason } = event;
    const code = reason?.code ? ` [${reason.code}]` : '';
    tell('error', `Nobody caught${code}: ${word(reason)}`);
  });
})();
