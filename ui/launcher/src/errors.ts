import type { ErrorView } from '../../bindings/core';

/** What a rejected call said, as a code and a sentence, whatever it was rejected with. */
export function errorView(reason: unknown): ErrorView {
  if (typeof reason === 'object' && reason !== null && 'message' in reason && typeof reason.message === 'string') {
    const code = 'code' in reason && typeof reason.code === 'string' ? reason.code : 'Unexpected';
    return { code, message: reason.message };
  }
  // Tauri itself, rather than a command, rejects with a bare string.
  return { code: 'Unexpected', message: typeof reason === 'string' ? reason : 'Something unexpected went wrong.' };
}
