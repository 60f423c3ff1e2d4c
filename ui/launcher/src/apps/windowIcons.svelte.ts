/**
 * The icons of the apps' windows. They are drawn here and handed to the host as dots, so that no picture of an app is ever
 * taken apart in the host's own process.
 */

import { flushSync, mount, unmount } from 'svelte';
import type { Instance } from '../../../bindings/core';
import { host } from '../host';
import AppIcon from '../parts/AppIcon.svelte';
import { iconOf } from './icons.svelte';

/** How wide and high they are; the host takes no other size. */
const DOTS = 64;

/** What each open window has. */
const given = new Map<string, string>();

/** Gives the window of each open instance its icon, once that is known. */
export function giveIcons(instances: Instance[]): void {
  for (const instance of instances) {
    if (!instance.open) {
      given.delete(instance.id);
      continue;
    }
    const icon = iconOf(instance);
    if (icon === undefined) continue;
    const picture = icon ?? madeUp(instance);
    if (given.get(instance.id) === picture) continue;
    given.set(instance.id, picture);
    void draw(picture)
      .catch(() => draw(madeUp(instance)))
      .then((dots) => host.setWindowIcon(instance.id, dots))
      // A window without an icon is no reason to disturb anybody.
      .catch((reason: unknown) => console.warn(reason));
  }
}

/** The icon that the launcher shows for an app without one. */
function madeUp({ app }: Instance): string {
  const target = document.createElement('div');
  const icon = mount(AppIcon, { target, props: { id: app.id, name: app.name, size: DOTS } });
  flushSync();
  const picture = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(target.querySelector('svg')?.outerHTML ?? '')}`;
  void unmount(icon);
  return picture;
}

async function draw(picture: string): Promise<Uint8Array> {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: DOTS, height: DOTS });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is nothing to draw on.');
  const [width, height] = [image.naturalWidth || DOTS, image.naturalHeight || DOTS];
  const scale = DOTS / Math.max(width, height);
  const [drawnWidth, drawnHeight] = [width * scale, height * scale];
  context.drawImage(image, (DOTS - drawnWidth) / 2, (DOTS - drawnHeight) / 2, drawnWidth, drawnHeight);
  return new Uint8Array(context.getImageData(0, 0, DOTS, DOTS).data.buffer);
}
