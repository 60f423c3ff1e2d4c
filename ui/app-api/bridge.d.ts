// The part of Tauri's bridge into a page that `mutiny.js` stands on.

interface Window {
  readonly __TAURI_INTERNALS__: {
    /** Calls a command of the host. */
    invoke(
      command: string,
      args: Record<string, unknown> | Uint8Array,
      options?: { headers: Record<string, string> },
    ): Promise<unknown>;
    /** Registers a function that the host can call, and returns the number it goes by. */
    transformCallback(callback: (message: unknown) => void): number;
    /** Forgets a function again. */
    unregisterCallback(id: number): void;
  };
}
