/** When a start is over. */

import { host } from '../host';

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Tells the host that the launcher can be used, once what it has to show by now is drawn. */
export async function tellUsable(): Promise<void> {
  // In the tray, nothing is drawn, and nobody waits.
  if (document.hidden) return;
  // The second frame begins when the first is drawn.
  await frame();
  await frame();
  await host.usable();
}
