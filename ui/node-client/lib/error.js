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
  }
}
