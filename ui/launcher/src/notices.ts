/** Short notices at the edge of the window, for the outcome of what the person just did. */

import { toast } from 'svelte-sonner';
import { errorView } from './errors';

/** Something to do about a notice. */
export interface Offer {
  label: string;
  onClick: () => void;
}

export function tell(message: string, offer?: Offer): void {
  toast(message, offer ? { action: offer } : {});
}

/** Errors stay until they are dismissed: nobody should have to read against the clock what went wrong. */
export function tellProblem(reason: unknown): void {
  toast.error(errorView(reason).message, { duration: Number.POSITIVE_INFINITY });
}

/** Does something that may fail; a failure is told. Resolves to whether it worked. */
export async function attempt<T>(work: () => Promise<T>, done?: (result: T) => void): Promise<boolean> {
  try {
    const result = await work();
    done?.(result);
    return true;
  } catch (reason) {
    tellProblem(reason);
    return false;
  }
}
