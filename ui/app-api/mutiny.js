// `window.mutiny`: what an app's page is given by its host. Injected into the main frame of every app window before the
// page's own scripts. Plain JavaScript, checked against `mutiny.d.ts`; the public types and their documentation live there.
//
// Nothing here is a wall. The host takes the caller from the window, never from an argument, and checks everything again;
// this file only makes the host's commands pleasant to use and turns mistakes into errors that say where they are.

(() => {
  'use strict';

  /**
   * @import {Address, Delivered, Entry, Failed, Mutiny} from './mutiny.d.ts'
   * @import {AppEvent, Body, Entry as WireEntry, JsonValue} from '../bindings/core.ts'
   * @import {Commands} from './commands.d.ts'
   */

  // Taken once, so that a page which changes `window` later breaks nothing here.
  const { invoke, transformCallback, unregisterCallback } = window.__TAURI_INTERNALS__;

  // ---------------------------------------------------------------------------------------------------- errors

  class MutinyError extends Error {
    name = 'MutinyError';
    /** @readonly */
    code;

    /**
     * @param {string} code
     * @param {string} message
     * @param {ErrorOptions} [options]
     */
    constructor(code, message, options) {
      super(message, options);
      this.code = code;
      // Consoles show the stack, or the error as text: both begin with the code. Some engines begin a stack with the message.
      const { stack = '' } = this;
      const end = /^\w*Error: /.test(stack) ? stack.indexOf(message) + message.length + 1 : 0;
      Object.assign(this, { stack: `${this}\n${stack.slice(end)}`.trimEnd() });
    }

    toString() {
      return `${this.name} [${this.code}]: ${this.message}`;
    }
  }

  /** @param {string} message */
  const invalid = (message) => new MutinyError('InvalidArgument', message);

  /** What an app calls where the host's command has another name. @type {Record<string, string>} */
  const CALLS = { correspondents: 'invitations()', introduction: 'instance', watch: 'on()' };

  /**
   * What went wrong on the bridge between page and host. It has no code, and its words are for those who build hosts: here
   * it becomes what it means to an app.
   * @param {string} command
   * @param {unknown} reason
   */
  const bridgeError = (command, reason) => {
    const text = String(Object(reason).message ?? reason);
    const called = `mutiny.${CALLS[command] ?? `${command}()`}`;
    const failure = (/** @type {string} */ code, /** @type {string} */ sentence) =>
      new MutinyError(code, sentence, { cause: reason });
    const [, argument, problem] = /^invalid args `(\w+)` for command `[^`]*`: (.*)/s.exec(text) ?? [];
    if (argument)
      return failure(
        'InvalidArgument',
        `${called} cannot be called like this: the host makes no sense of “${argument}” (${problem}). Pass what the types of the API say.`,
      );
    if (/\bcommand (\S+ )?not found/i.test(text))
      return failure('Internal', `This Mutiny has no ${called}: it is too old for this app. Update Mutiny.`);
    if (/\bnot allowed\b|only an app's own window/.test(text))
      return failure(
        'PermissionDenied',
        `The host does not take ${called} from this page. Only pages of the app's own folder, in the app's own window, may call it: call it from there.`,
      );
    if (reason instanceof TypeError || /^state\b.*\bnot managed/.test(text))
      return failure(
        'Stopped',
        `The host does not answer ${called}: Mutiny is closing. What was stored is kept; do it again when the app is next open.`,
      );
    return failure(
      'Internal',
      `The host failed at ${called}: ${text.replace(/\.$/, '')}. This is a mistake of Mutiny, not of the app. Try again, and report it if it stays.`,
    );
  };

  /**
   * The host rejects with `{code, message}`; the bridge below it with anything else.
   * @param {string} command
   * @param {unknown} reason
   */
  const asError = (command, reason) => {
    const { code, message } = /** @type {{code?: unknown, message?: unknown}} */ (Object(reason));
    return typeof code === 'string' ? new MutinyError(code, String(message)) : bridgeError(command, reason);
  };

  /**
   * Calls a command of the host.
   * @template {keyof Commands} Name
   * @param {Name} command
   * @param {Commands[Name]['args']} args
   * @param {Record<string, string>} [headers] what goes beside bytes
   * @returns {Promise<Commands[Name]['answer']>}
   */
  const call = async (command, args, headers) => {
    try {
      const answer = await (headers
        ? invoke(`plugin:instance|${command}`, args, { headers })
        : invoke(`plugin:instance|${command}`, args));
      return /** @type {Commands[Name]['answer']} */ (answer);
    } catch (reason) {
      throw asError(command, reason);
    }
  };

  // ------------------------------------------------------------------------------------------- messages as data

  /** Deeper values would be refused by JSON parsers on the way. */
  const MAX_DEPTH = 100;

  /** An object with this key would be taken for an instruction by the bridge's own serialiser. */
  const BRIDGE_KEY = '__TAURI_TO_IPC_KEY__';

  /**
   * A deep copy of a JSON value. Throws where JSON could not carry it: an app is told, its data never silently changed.
   * @param {unknown} value
   * @param {string} path where it stands in the message, for the error
   * @param {number} depth
   * @returns {JsonValue}
   */
  const copyJson = (value, path, depth) => {
    switch (typeof value) {
      case 'boolean':
        return value;
      case 'string':
        if (/\p{Surrogate}/u.test(value))
          throw invalid(`${path} is a string with half a character (a lone surrogate).`);
        return value;
      case 'number':
        if (!Number.isFinite(value)) throw invalid(`${path} is ${value}, which JSON cannot express.`);
        return value;
      case 'object':
        break;
      default:
        throw invalid(
          `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON cannot express.`,
        );
    }
    if (value === null) return null;
    if (depth === MAX_DEPTH)
      throw invalid(`The message is nested deeper than ${MAX_DEPTH} levels, or contains itself.`);
    if (Array.isArray(value)) return Array.from(value, (item, i) => copyJson(item, `${path}[${i}]`, depth + 1));

    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      const name = prototype.constructor?.name || 'class instance';
      const hint =
        ArrayBuffer.isView(value) || name === 'ArrayBuffer' ? ' Bytes can only be a message of their own.' : '';
      throw invalid(
        `${path} is a ${name}; a message is made of plain objects, arrays, strings, numbers, booleans and null.${hint}`,
      );
    }
    if (Object.getOwnPropertySymbols(value).length > 0)
      throw invalid(`${path} has a symbol as a key, which JSON cannot express.`);
    const copy = Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const at = `${path}[${JSON.stringify(key)}]`;
        return [copyJson(key, `A key of ${path}`, depth), copyJson(item, at, depth + 1)];
      }),
    );
    return Object.hasOwn(copy, BRIDGE_KEY) ? new Proxy(copy, { has: () => false }) : copy;
  };

  /** @param {Uint8Array} bytes */
  const toBase64 = (bytes) => {
    let binary = '';
    // In pieces, since the arguments of a call have to fit on the stack.
    for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return btoa(binary);
  };

  /** @param {string} text */
  const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  /**
   * @param {unknown} message
   * @returns {Body}
   */
  const toBody = (message) => {
    if (ArrayBuffer.isView(message)) {
      return { type: 'bytes', value: toBase64(new Uint8Array(message.buffer, message.byteOffset, message.byteLength)) };
    }
    if (message instanceof ArrayBuffer) return { type: 'bytes', value: toBase64(new Uint8Array(message)) };
    return { type: 'json', value: copyJson(message, 'The message', 0) };
  };

  /**
   * @param {WireEntry | null} entry
   * @returns {Entry | null}
   */
  const toEntry = (entry) => {
    if (entry === null || entry.kind === 'failure') return entry;
    const { body, ...envelope } = entry;
    return { ...envelope, data: body.type === 'bytes' ? fromBase64(body.value) : body.value };
  };

  // -------------------------------------------------------------------------------------------------- arguments

  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

  /**
   * @param {unknown} id
   * @param {string} what
   */
  const checkId = (id, what) => {
    if (typeof id !== 'string' || !UUID.test(id))
      throw invalid(`${what} is not an id. Pass the id exactly as the API gave it.`);
    return id;
  };

  /**
   * @param {any} to
   * @returns {Address}
   */
  const checkAddress = (to) => {
    if (typeof to?.peer !== 'string') throw invalid('A message goes to an address: { peer, instance }.');
    if (to.instance === null)
      throw invalid('The other side has not accepted the invitation yet, so there is no instance to send to.');
    return { peer: to.peer, instance: checkId(to.instance, 'The instance of the address') };
  };

  /** @param {unknown} deadline */
  const checkDeadline = (deadline) => {
    if (deadline === undefined) return null;
    if (typeof deadline !== 'number' || !(deadline > 0 && deadline <= Number.MAX_SAFE_INTEGER)) {
      throw invalid('The deadline is a number of milliseconds from now, greater than zero.');
    }
    return Math.ceil(deadline);
  };

  // ----------------------------------------------------------------------------------------------------- events

  const events = new EventTarget();

  class DeliveryEvent extends Event {
    /**
     * @param {string} id
     * @param {Delivered | Failed} status
     */
    constructor(id, status) {
      super('delivery');
      this.id = id;
      this.state = status.state;
      this.reason = status.state === 'failed' ? status.reason : null;
      this.outcome = status.state === 'failed' ? status.outcome : null;
    }
  }

  /** Sends that the host has not answered yet. @type {Set<Promise<unknown>>} */
  const sending = new Set();

  /**
   * At most so many sends are with the host at a time. The host stops pages that leave others no turn, and one that sends ten
   * thousand messages in one go does not mean to.
   */
  const AT_ONCE = 64;
  let underway = 0;

  /** What wakes the sends that wait for their turn, in order. @type {Set<() => void>} */
  const waiting = new Set();

  let deliveries = Promise.resolve();

  /**
   * Channel and answers reach the page on separate ways, so word of a delivery may overtake the id that `send` resolves
   * with. It is held back until the sends of that moment have resolved and their callers had a turn.
   * @param {DeliveryEvent} event
   */
  const announceDelivery = (event) => {
    const earlier = [...sending];
    deliveries = deliveries.then(async () => {
      if (earlier.length > 0) {
        await Promise.allSettled(earlier);
        await new Promise((resolve) => setTimeout(resolve));
      }
      events.dispatchEvent(event);
    });
  };

  /** @param {AppEvent} event */
  const announce = (event) => {
    if (event.type === 'delivery')
      announceDelivery(new DeliveryEvent(event.id, /** @type {Delivered | Failed} */ (event)));
    else events.dispatchEvent(new Event(event.type));
  };

  /**
   * The page's end of a Tauri channel: messages carry an index and may arrive out of order; `end` comes when the host
   * lets go of its own end.
   * @param {(message: any) => void} receive
   * @returns {string} what the host takes as the channel
   */
  const openChannel = (receive) => {
    let expected = 0;
    let end = Infinity;
    /** @type {Map<number, unknown>} */
    const early = new Map();
    /** @type {number} */
    const id = transformCallback((/** @type {any} */ raw) => {
      if ('end' in raw) end = raw.index;
      else early.set(raw.index, raw.message);
      while (early.has(expected)) {
        const message = early.get(expected);
        early.delete(expected);
        expected += 1;
        receive(message);
      }
      if (expected === end) unregisterCallback(id);
    });
    return `__CHANNEL__:${id}`;
  };

  /**
   * Runs once and keeps the result; after a failure the next caller tries again.
   * @template T
   * @param {() => Promise<T>} run
   */
  const once = (run) => {
    /** @type {Promise<T> | undefined} */
    let result;
    return () => {
      if (!result) {
        result = run();
        result.catch(() => {
          result = undefined;
        });
      }
      return result;
    };
  };

  const watch = once(() => call('watch', { channel: openChannel(announce) }));

  const introduce = once(async () => {
    const { address, name, label, app, limits } = await call('introduction', {});
    return { peer: { id: address.peer, name }, instance: { ...address, label, app }, limits };
  });

  // ---------------------------------------------------------------------------------------------------- the API

  const read = async () => toEntry(await call('read', {}));

  /** @param {string} [id] */
  const next = async (id) => toEntry(await call('next', { id: id === undefined ? null : checkId(id, 'The entry') }));

  /** @type {Mutiny['on']} */
  const on = (type, listener) => {
    const listen = /** @type {EventListener} */ (listener);
    events.addEventListener(type, listen);
    return () => events.removeEventListener(type, listen);
  };

  /** @type {Mutiny['send']} */
  const send = async (to, message, options) => {
    const args = { to: checkAddress(to), body: toBody(message), deadline: checkDeadline(options?.deadline) };
    if (underway < AT_ONCE) underway++;
    else await new Promise((go) => waiting.add(() => go(undefined)));
    const sent = call('send', args);
    sending.add(sent);
    try {
      return await sent;
    } finally {
      sending.delete(sent);
      // Its place is handed on, so that nobody comes in between.
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else underway--;
    }
  };

  /** The host holds all of it in memory for a moment. In bytes. */
  const MAX_SAVED = 512 * 1024 * 1024;

  /** @type {Mutiny['save']} */
  const save = async (name, data) => {
    if (typeof name !== 'string') throw invalid('Say what the file is to be called: save(name, data).');
    if (!(data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data)))
      throw invalid('Pass what to save as a Blob or as bytes.');
    const blob = data instanceof Blob ? data : new Blob([/** @type {BlobPart} */ (data)]);
    if (blob.size > MAX_SAVED)
      throw new MutinyError(
        'TooLarge',
        `“${name}” has ${blob.size} bytes, and ${MAX_SAVED} is the most that can be saved.`,
      );
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return call('save', bytes, { name: encodeURIComponent(name.toWellFormed()) });
  };

  /** Calls may overtake each other on their way; the host goes by these numbers, which also grow from page to page. */
  let notified = Math.floor(performance.timeOrigin) * 1000;

  /** @type {Mutiny['notify']} */
  const notify = async (notification) => {
    const { title = null, text } = Object(notification);
    if (typeof text !== 'string' || (title !== null && typeof title !== 'string'))
      throw invalid('Say what the notification reads: notify({ title, text }), both of them strings.');
    return call('notify', { title: title?.toWellFormed() ?? null, text: text.toWellFormed(), order: ++notified });
  };

  /** @returns {AsyncGenerator<Entry, never, void>} */
  async function* inbox() {
    await watch();
    let woken = false;
    let wake = () => {};
    // Listening starts before the first look into the inbox, so nothing can arrive unnoticed between the two.
    const stop = on('message', () => {
      woken = true;
      wake();
    });
    try {
      for (;;) {
        woken = false;
        const entry = await read();
        if (entry) {
          yield entry;
          // Only reached when the loop body has finished: `break`, an exception and a crash leave the entry in place.
          await next(entry.id);
        } else if (!woken) {
          await new Promise((resolve) => {
            wake = () => resolve(undefined);
          });
        }
      }
    } finally {
      stop();
    }
  }

  /** @type {Mutiny} */
  const mutiny = {
    MutinyError,
    get ready() {
      return Promise.all([introduce(), watch()]).then(() => undefined);
    },
    get instance() {
      return introduce().then(({ instance }) => instance);
    },
    get peer() {
      return introduce().then(({ peer }) => peer);
    },
    get limits() {
      return introduce().then(({ limits }) => limits);
    },
    peers: () => call('peers', {}),
    invitations: () => call('correspondents', {}),
    announce: async (value) => void (await call('announce', { value: copyJson(value, 'The announcement', 0) })),
    announcements: () => call('announcements', {}),
    invite: /** @type {Mutiny['invite']} */ (
      async (/** @type {unknown[]} */ ...args) => {
        const [peer] = args;
        // An id that is missing by mistake must not pass for the wish to let the person choose.
        if (args.length > 0 && (typeof peer !== 'string' || peer === '')) {
          throw invalid('Pass the id of a peer to invite, or nothing at all to let the person choose.');
        }
        return call('invite', { peer: peer === undefined ? null : /** @type {string} */ (peer) });
      }
    ),
    send,
    status: async (id) => call('status', { id: checkId(id, 'The message') }),
    read,
    next,
    save,
    notify,
    on,
    addEventListener: (/** @type {string} */ type, /** @type {any} */ listener, /** @type {any} */ options) =>
      events.addEventListener(type, listener, options),
    removeEventListener: (/** @type {string} */ type, /** @type {any} */ listener, /** @type {any} */ options) =>
      events.removeEventListener(type, listener, options),
    [Symbol.asyncIterator]: inbox,
  };

  Object.defineProperty(window, 'mutiny', { value: Object.freeze(mutiny), enumerable: true });

  // From the start, so that `ready` is quick and no event is missed; whoever needs either hears of a failure there.
  watch().catch(() => {});
  introduce().catch(() => {});
})();
