/** Sentences that depend on numbers or states. Plain text, for labels and the screen alike. */

import type { Instance, Peer, PeerConnection } from '../../bindings/core';
import { ago } from './time';

/** `1 message`, `2 messages`. */
export function counted(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? noun : `${noun}s`}`;
}

/** The host counts no further; so many stand for that many or more. */
const MANY = 1000;

/** `3`, `1,000+`. */
export function amount(n: number): string {
  return n >= MANY ? `${MANY.toLocaleString('en')}+` : n.toLocaleString('en');
}

/** `3 messages`, `1,000+ messages`. */
export function messages(n: number): string {
  return n >= MANY ? `${amount(n)} messages` : counted(n, 'message');
}

/** Whether a person can be reached, in words. */
export function presence(peer: Peer, now: number): string {
  if (peer.trust === 'blocked') return 'Blocked';
  if (peer.presence === 'online') return peer.nearby ? 'Online, nearby' : 'Online';
  if (peer.lastSeen === null) return 'Not seen yet';
  return `Last seen ${ago(peer.lastSeen, now)}`;
}

/** How a peer is connected, as the name of the address. */
export function connectedBy({ nearby, direct, outgoing }: PeerConnection): string {
  const how = direct ? 'Connected directly' : 'Connected through another computer';
  return [how, nearby && 'same network', outgoing ? 'you called' : 'they called'].filter(Boolean).join(' · ');
}

/** `2 messages wait for`, to be followed by a name. */
export function waitFor(n: number): string {
  return `${messages(n)} ${n === 1 ? 'waits' : 'wait'} for`;
}

/** What an instance is of and when it did something last, under its label: `Chat 1.2.0 · yesterday`, `Version 1.2.0 · open now`. */
export function edition({ label, app, open, lastActive }: Instance, now: number): string {
  // Without a manifest there is no version that would mean anything to anybody.
  const version = app.version === '0.0.0' ? '' : app.version;
  const what = label === app.name ? version && `Version ${version}` : `${isolated(app.name)} ${version}`.trim();
  const last = open ? 'open now' : `active ${ago(lastActive, now)}`;
  return what ? `${what} · ${last}` : last.charAt(0).toUpperCase() + last.slice(1);
}

/** Keeps the direction of a name from reordering the sentence around it. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** What removing an instance destroys, as the button that does it says. */
export function removal(instance: Instance): string {
  const lost = [
    instance.waiting > 0 ? `${instance.waiting.toLocaleString('en')} waiting` : '',
    instance.unread > 0 ? `${instance.unread.toLocaleString('en')} unread` : '',
  ].filter(Boolean);
  if (lost.length === 0) return `Remove ${instance.label}`;
  const one = instance.waiting + instance.unread === 1;
  return `Remove ${instance.label} and its ${lost.join(' and ')} ${one ? 'message' : 'messages'}`;
}

/** What removing an instance means, one sentence each. */
export function consequences(instance: Instance): string[] {
  const { waiting, unread } = instance;
  return [
    waiting > 0 && `${counted(waiting, 'message')} on the way to others will not be delivered.`,
    unread > 0 &&
      `${counted(unread, 'message')} for you ${unread === 1 ? 'has' : 'have'} not been read and will be gone.`,
    'What it stored and whom it talks to is forgotten.',
    instance.folder !== null && 'The folder of the app stays where it is.',
  ].filter((it) => it !== false);
}

const SIZES = ['bytes', 'KB', 'MB', 'GB'] as const;

/** `12 bytes`, `1.4 MB`. */
export function size(bytes: number): string {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** step;
  const digits = step > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${bytes === 1 ? 'byte' : SIZES[step]}`;
}

/** What an app asks for, one sentence for each of the manifest's permissions. */
export function asking(permissions: string[]): string[] {
  const sentences: Record<string, string> = {
    peers: 'To see everybody you know, and who is online',
    notifications: 'To show notifications',
  };
  return permissions.map((permission) => sentences[permission] ?? `“${permission}”`);
}

/** Who may send to an app, by the manifest's word for it. */
export function accepting(accepts: string): string {
  const sentences: Record<string, string> = {
    invited: 'People you invite from it',
    friends: 'People you invite from it, and your friends',
    nearby: 'People you invite from it, your friends, and anybody nearby',
    anyone: 'Anybody who can reach you',
  };
  return sentences[accepts] ?? accepts;
}
