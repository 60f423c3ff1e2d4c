/** Which messages the view shows; other views set it before they lead here. */

import type { MessageState } from '../../../bindings/core';
import { route } from '../route.svelte';

class Shown {
  state = $state<MessageState>('queued');
}

export const shown = new Shown();

/** Leads to the messages that failed. */
export function showFailed(): void {
  shown.state = 'failed';
  route.go('activity', 'failed');
}

/** Leads to the messages that wait. */
export function showWaiting(): void {
  shown.state = 'queued';
  route.go('activity');
}
