// What belongs to the person's machine.

import { asked, broke, from, held, position, unsure } from '../report.js';

const missing = (what) => held(`${what} is undefined`);

export const devices = {
  'camera': () =>
    navigator.mediaDevices?.getUserMedia ? asked(navigator.mediaDevices.getUserMedia({ video: true })) : missing('getUserMedia'),
  'microphone': () =>
    navigator.mediaDevices?.getUserMedia ? asked(navigator.mediaDevices.getUserMedia({ audio: true })) : missing('getUserMedia'),
  'screen': () =>
    navigator.mediaDevices?.getDisplayMedia ? from(navigator.mediaDevices.getDisplayMedia()) : missing('getDisplayMedia'),
  'device-names': async () => {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const named = devices.filter(({ label }) => label);
    return named.length ? broke(named.map(({ label }) => label)) : held(`${devices.length} without a name`);
  },
  'geolocation': () => (navigator.geolocation ? asked(position()) : missing('geolocation')),
  'notification': async () => {
    if (typeof Notification === 'undefined') return missing('Notification');
    const answer = await Notification.requestPermission();
    return answer === 'granted' ? broke(answer) : held(answer);
  },
  'clipboard-read': () => (navigator.clipboard?.readText ? from(navigator.clipboard.readText()) : missing('clipboard')),
  'clipboard-write': () =>
    navigator.clipboard?.writeText ? from(navigator.clipboard.writeText('hostile')) : missing('clipboard'),
  'clipboard-copy': () => {
    getSelection().selectAllChildren(document.body);
    return document.execCommand('copy') ? broke('copied') : held('refused');
  },
  'clipboard-paste': () => (document.execCommand('paste') ? broke('pasted') : held('refused')),
  'full-screen': () =>
    document.documentElement.requestFullscreen
      ? from(document.documentElement.requestFullscreen())
      : missing('requestFullscreen'),
  'pointer-lock': () =>
    new Promise((done) => {
      document.addEventListener('pointerlockchange', () => done(broke('locked')));
      document.addEventListener('pointerlockerror', () => done(held('error')));
      const asked = document.body.requestPointerLock?.();
      asked?.catch?.((error) => done(held(error)));
    }),
  'wake-lock': () => (navigator.wakeLock ? from(navigator.wakeLock.request()) : missing('wakeLock')),
  'share': () => (navigator.share ? from(navigator.share({ text: 'hostile' })) : missing('share')),
  'file-picker': () => (window.showOpenFilePicker ? from(window.showOpenFilePicker()) : missing('showOpenFilePicker')),
  'file-input': () => {
    const input = document.createElement('input');
    input.type = 'file';
    input.click();
    return unsure('clicked');
  },
  'print': () => {
    window.print();
    return unsure('asked');
  },
  'window-move': () => {
    // WebKitGTK moves windows for a page only while a driver is in control.
    if (navigator.webdriver) return unsure('a driver may move windows');
    const before = [screenX, screenY, outerWidth, outerHeight].join();
    window.moveTo(0, 0);
    window.resizeTo(screen.width, screen.height);
    const now = [screenX, screenY, outerWidth, outerHeight].join();
    return before === now ? held('it stayed where it was') : broke(now);
  },
  'payment': () => (typeof PaymentRequest === 'undefined' ? missing('PaymentRequest') : from((async () => new PaymentRequest([], {}))())),
  'credentials': () =>
    navigator.credentials?.get
      ? from(navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16) } }))
      : missing('credentials'),
  'bluetooth': () => (navigator.bluetooth ? from(navigator.bluetooth.requestDevice({ acceptAllDevices: true })) : missing('bluetooth')),
  'usb': () => (navigator.usb ? from(navigator.usb.requestDevice({ filters: [] })) : missing('usb')),
};
