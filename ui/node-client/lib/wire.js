// The process, and the lines to and from it. docs/node.md describes them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { MutinyError } from './error.js';
import { Lines } from './lines.js';

/** How many of the last characters on standard error are kept, to say why a start failed. */
const LAST_WORDS = 4096;

/**
 * A call that has no answer yet.
 * @typedef {{ resolve: (value: unknown) => void, reject: (error: Error) => void, timer?: NodeJS.Timeout }} Call
 */

/** A process that answers calls. */
export class Wire {
  /** @type {Map<number, Call>} */
  #calls = new Map();
  #lastId = 0;
  /** Each line waits for the one before: the process may read slowly. */
  #turn = Promise.resolve();
  #said = '';
  #closing = false;
  /** @type {import('../index.d.ts').Exit | undefined} */
  #exit;
  /** @type {Promise<import('../index.d.ts').Exit>} */
  exited;

  /**
   * @param {string} program
   * @param {string[]} args
   * @param {{ timeout: number, log: (line: string) => void, told: (event: any) => void, stray: (line: string) => void }} options
   */
  constructor(program, args, { timeout, log, told, stray }) {
    this.timeout = timeout;
    this.told = told;
    this.stray = stray;
    this.process = spawn(program, args, { stdio: 'pipe', windowsHide: true });
    const { stdin, stdout, stderr } = this.process;
    const answers = new Lines((line) => this.#take(line));
    stdout.on('data', (/** @type {Buffer} */ chunk) => answers.push(chunk));
    const warnings = new Lines((line) => {
      this.#said = `${this.#said}${line}\n`.slice(-LAST_WORDS);
      log(line);
    });
    stderr.on('data', (/** @type {Buffer} */ chunk) => warnings.push(chunk));
    // A process that is gone says so with its exit.
    stdin.on('error', () => {});
    this.exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        // Emitted instead of an end where it could not be started, and after a failed signal where it runs on.
        if (this.process.pid === undefined) resolve(this.#end({ code: null, signal: null }, error));
      });
      // All that it wrote has been read by then.
      this.process.once('close', (code, signal) => resolve(this.#end({ code, signal })));
    });
  }

  /** What it wrote to standard error last. */
  get lastWords() {
    return this.#said.trim();
  }

  /**
   * Calls, and resolves with the answer.
   * @param {string} call
   * @param {Record<string, unknown>} args
   * @returns {Promise<any>}
   */
  call(call, args = {}) {
    return new Promise((resolve, reject) => {
      if (this.#closing || this.#exit) return reject(this.#gone());
      const id = ++this.#lastId;
      // Written down before anything waits, so that the caller may change what it handed in.
      const line = `${JSON.stringify({ ...args, id, call })}\n`;
      /** @type {Call} */
      const waiting = { resolve, reject };
      if (this.timeout > 0) {
        waiting.timer = setTimeout(() => {
          this.#calls.delete(id);
          reject(
            new MutinyError(
              'Timeout',
              `The peer did not answer \u201c${call}\u201d within ${this.timeout} ms. It may still do it: ask again what counts.`,
            ),
          );
        }, this.timeout);
      }
      this.#calls.set(id, waiting);
      this.#write(line);
    });
  }

  /** Lets it finish what was asked, and end. */
  close() {
    this.#closing = true;
    void this.#turn.then(() => this.process.stdin.end());
    return this.exited;
  }

  /** Ends it at once. */
  kill() {
    this.#closing = true;
    this.process.kill('SIGKILL');
    return this.exited;
  }

  /** @param {string} line */
  #write(line) {
    this.#turn = this.#turn.then(async () => {
      const { stdin } = this.process;
      if (!stdin.writable || stdin.write(line)) return;
      // The end of the process ends the waiting as well; the calls learn of it on their own.
      const ended = new AbortController();
      const drained = once(stdin, 'drain', { signal: ended.signal }).catch(() => {});
      await Promise.race([drained, this.exited]);
      ended.abort();
    });
  }

  /** @param {string} line */
  #take(line) {
    const said = parse(line);
    if (said?.event && typeof said.event.type === 'string') return this.told(said.event);
    const call = typeof said?.id === 'number' ? this.#calls.get(said.id) : undefined;
    if (!said || (!call && !(said.id <= this.#lastId))) return this.stray(line);
    // Its caller gave up.
    if (!call) return;
    this.#calls.delete(said.id);
    clearTimeout(call.timer);
    if (said.error) call.reject(new MutinyError(String(said.error.code), String(said.error.message)));
    else call.resolve(said.ok ?? null);
  }

  /**
   * @param {import('../index.d.ts').Exit} exit
   * @param {Error} [cause]
   */
  #end(exit, cause) {
    this.#exit ??= exit;
    if (cause) this.#said ||= cause.message;
    for (const { reject, timer } of this.#calls.values()) {
      clearTimeout(timer);
      reject(this.#gone());
    }
    this.#calls.clear();
    return this.#exit;
  }

  #gone() {
    if (this.#closing) return new MutinyError('Closed', 'This peer was closed.');
    const how = this.#exit?.signal ? `by ${this.#exit.signal}` : `with exit code ${this.#exit?.code}`;
    return new MutinyError('Ended', `The peer's process ended ${how}. ${this.lastWords}`.trim(), this.#exit?.code);
  }
}

/**
 * @param {string} line
 * @returns {any}
 */
function parse(line) {
  try {
    const said = JSON.parse(line);
    return said !== null && typeof said === 'object' ? said : undefined;
  } catch {
    return undefined;
  }
}
