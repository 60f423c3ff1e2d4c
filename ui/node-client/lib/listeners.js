/**
 * Functions that are called for events by their type.
 * @template {Record<string, any>} Events
 */
export class Listeners {
  /** @type {Map<keyof Events, Set<(event: any) => void>>} */
  #by = new Map();

  /**
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(event: Events[Type]) => void} listener
   * @returns {() => void}
   */
  on(type, listener) {
    const all = this.#by.get(type) ?? new Set();
    this.#by.set(type, all);
    // The same function twice is two listeners, each with an end of its own.
    const own = (/** @type {Events[Type]} */ event) => listener(event);
    all.add(own);
    return () => void all.delete(own);
  }

  /**
   * Calls those who listen. One that throws keeps neither the others nor the peer from their work: its error is the
   * process's, as that of a timer would be.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {Events[Type]} event
   */
  tell(type, event) {
    for (const listener of [...(this.#by.get(type) ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
