// `page.js` is written when the package is packed: `mutiny.js`, the very script that the host injects, as a function.

/** Runs the script in something like a window. */
export function open(window: object): void;
