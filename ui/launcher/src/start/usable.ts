/** When a start is over. */

import { host } from '../host';

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Waits until what there is to show by now is drawn. In the tray nothing is, and nobody waits. */
export async function drawn(): Promise<void> {
  if (document.hidden) return;
  // The second frame begins when the first is drawn.
  await frame();
  await frame();
}

/** Tells the host that the launcher can be used, once that is drawn; in the tray it does not tell. */
export async function tellUsable(): Promise<void> {
  if (document.hidden) return;
  await drawn();
  await host.usable();
}
