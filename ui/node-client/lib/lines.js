// Bytes into lines. Not `node:readline`, which also ends lines at characters that JSON allows within strings.

const NEWLINE = 0x0a;

/** Cuts what comes in into lines, and hands each on as text. */
export class Lines {
  /** @type {Buffer[]} */
  #begun = [];
  #take;

  /** @param {(line: string) => void} take */
  constructor(take) {
    this.#take = take;
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...this.#begun, chunk.subarray(start, end)]).toString('utf8');
      this.#begun = [];
      start = end + 1;
      this.#take(line);
    }
    if (start < chunk.length) this.#begun.push(chunk.subarray(start));
  }
}
