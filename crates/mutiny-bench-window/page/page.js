// Says when the page can be seen and its host answers; then calls the empty command as often as asked, one after the other.

const { invoke } = window.__TAURI_INTERNALS__;

/** The engine's clock tells pages whole milliseconds, so that only many calls together can be timed. */
const BLOCK = 50;

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

window.addEventListener('load', async () => {
  // The second frame begins when the first is drawn.
  await frame();
  await frame();
  const blocks = await invoke('usable');
  // By then the program has come to rest.
  if (blocks > 0) await new Promise((resolve) => setTimeout(resolve, 2000));
  const milliseconds = [];
  // The first block does what is done for the first time, and does not count.
  for (let block = 0; blocks > 0 && block <= blocks; block += 1) {
    const begun = performance.now();
    for (let call = 0; call < BLOCK; call += 1) await invoke('empty');
    if (block > 0) milliseconds.push((performance.now() - begun) / BLOCK);
  }
  if (blocks > 0) await invoke('measured', { milliseconds });
});
