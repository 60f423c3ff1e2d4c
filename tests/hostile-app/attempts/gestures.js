// What a page may ask for only while the person clicks. One click stands for one of these, as most use it up.
//
// Not part of what is tried by itself: `window.gestures.next = NAME`, then a click on the button, then `window.gestures.came`.

import { asked, broke, from, held, position, unsure } from '../report.js';

const missing = (what) => held(`${what} is undefined`);

export const gestures = {
  'gesture-window-open': () => {
    const other = window.open('about:blank');
    return other && !other.closed ? broke('a window') : held('no window');
  },
  'gesture-window-open-popup': ({ url }) => {
    const other = window.open(url, 'other', 'popup,width=300,height=300');
    return other && !other.closed ? broke('a window') : held('no window');
  },
  'gesture-full-screen': () =>
    document.documentElement.requestFullscreen
      ? from(document.documentElement.requestFullscreen())
      : missing('requestFullscreen'),
  'gesture-webkit-full-screen': async () => {
    if (!document.documentElement.webkitRequestFullscreen) return missing('webkitRequestFullscreen');
    document.documentElement.webkitRequestFullscreen();
    await new Promise((done) => setTimeout(done, 300));
    return document.webkitFullscreenElement ? broke('it fills the screen') : held('nothing happened');
  },
  'gesture-camera': () =>
    navigator.mediaDevices?.getUserMedia ? asked(navigator.mediaDevices.getUserMedia({ video: true })) : missing('getUserMedia'),
  'gesture-screen': () =>
    navigator.mediaDevices?.getDisplayMedia ? asked(navigator.mediaDevices.getDisplayMedia()) : missing('getDisplayMedia'),
  'gesture-geolocation': () => (navigator.geolocation ? asked(position()) : missing('geolocation')),
  'gesture-notification': async () => {
    if (typeof Notification === 'undefined') return missing('Notification');
    const answer = await Notification.requestPermission();
    return answer === 'granted' ? broke(answer) : held(answer);
  },
  'gesture-clipboard-read': () =>
    navigator.clipboard?.readText ? from(navigator.clipboard.readText()) : missing('clipboard'),
  'gesture-clipboard-paste': () => {
    const field = document.getElementById('field');
    field.focus();
    return document.execCommand('paste') || field.value ? broke(`pasted ${field.value}`) : held('refused');
  },
  'gesture-clipboard-write': () =>
    navigator.clipboard?.writeText ? from(navigator.clipboard.writeText('hostile')) : missing('clipboard'),
  'gesture-clipboard-copy': () => {
    getSelection().selectAllChildren(document.body);
    return document.execCommand('copy') ? broke('copied') : held('refused');
  },
};

window.gestures = { names: Object.keys(gestures), next: null, came: null };

document.getElementById('go').addEventListener('click', async () => {
  const name = window.gestures.next;
  if (!name) return;
  // Without this, a refusal would prove nothing.
  const active = navigator.userActivation?.isActive ?? null;
  let outcome;
  try {
    outcome = await Promise.race([
      gestures[name]({ url: 'about:blank' }),
      new Promise((done) => setTimeout(() => done(unsure('no answer')), 20_000)),
    ]);
  } catch (error) {
    outcome = held(error);
  }
  window.gestures.came = { name, active, ...outcome };
});
