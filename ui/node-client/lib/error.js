/** What everything in this package rejects with. */
export class MutinyError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number | null} [exitCode]
   */
  constructor(code, message, exitCode = null) {
    super(message);
    this.name = 'MutinyError';
    this.code = code;
    this.exitCode = exitCode;
    // Node.js shows the stack of an error that nobody caught: it begins with the code.
    const { stack = '' } = this;
    Object.assign(this, { stack: `${this}${stack.slice(stack.indexOf(message) + message.length)}` });
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}
