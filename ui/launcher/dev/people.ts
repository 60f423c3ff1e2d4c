/** Made-up peers, instances and invitations; whatever is not given is plausible. */

import type { App, Candidate, Grant, Instance, Invitation, Me, Peer, Settings } from '../../bindings/core';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const HEX = '0123456789abcdef';

let seed = 7;

/** The same numbers at every load, so that faces and orders stay. */
function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % below;
}

const text = (letters: string, length: number) =>
  Array.from({ length }, () => letters[random(letters.length)]).join('');

const peerId = () => `12D3KooW${text(BASE58, 44)}`;
const uuid = () => [8, 4, 4, 4, 12].map((length) => text(HEX, length)).join('-');

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function me(some: Partial<Me> = {}): Me {
  const id = peerId();
  return {
    id,
    name: 'Ana',
    link: `mutiny:${id}?name=Ana&addr=/ip4/192.168.1.20/tcp/41234&addr=/ip4/192.168.1.20/udp/41234/quic-v1`,
    qr: qr(),
    profile: 'default',
    ...some,
  };
}

export function peer(some: Partial<Peer> = {}): Peer {
  return {
    id: peerId(),
    name: 'Ben',
    presence: 'online',
    trust: 'friend',
    nearby: false,
    lastSeen: Date.now(),
    ownName: null,
    says: some.name ?? 'Ben',
    addresses: ['/ip4/192.168.1.31/tcp/40117', '/ip4/192.168.1.31/udp/40117/quic-v1'],
    connections:
      (some.presence ?? 'online') === 'online'
        ? [{ address: '/ip4/192.168.1.31/udp/40117/quic-v1', nearby: true, direct: true, outgoing: true }]
        : [],
    waiting: 0,
    ...some,
  };
}

export function instance({ app, ...some }: Partial<Omit<Instance, 'app'>> & { app?: Partial<App> } = {}): Instance {
  const name = app?.name ?? 'Chat';
  const id = name.toLowerCase().replaceAll(/\s+/g, '-');
  return {
    id: uuid(),
    app: {
      id: `org.example.${id}`,
      name,
      version: '1.2.0',
      description: null,
      hash: `sha256-${text(HEX, 64)}`,
      accepts: 'invited',
      permissions: [],
      ...app,
    },
    label: name,
    folder: `/home/ana/apps/${id}`,
    previousVersion: null,
    unread: 0,
    waiting: 0,
    open: false,
    crashed: false,
    lastActive: Date.now(),
    problem: null,
    ...some,
  };
}

export function invitation(some: Partial<Invitation> = {}): Invitation {
  const name = some.appName ?? 'Chat';
  return {
    id: uuid(),
    from: { peer: peerId(), instance: uuid() },
    fromName: 'Ben',
    appId: `org.example.${name.toLowerCase()}`,
    appName: name,
    appVersion: '1.2.0',
    appHash: `sha256-${text(HEX, 64)}`,
    received: Date.now() - 4 * MINUTE,
    answer: 'open',
    instance: null,
    candidates: [],
    ...some,
  };
}

export function settings(some: Partial<Settings> = {}): Settings {
  return {
    reach: 'nearby',
    introduced: true,
    keepRunning: true,
    toldOfTray: true,
    notifications: true,
    ...some,
  };
}

export function grant(some: Partial<Grant> = {}): Grant {
  return {
    instance: uuid(),
    label: 'Chat',
    appId: 'org.example.chat',
    appName: 'Chat',
    permission: 'peers',
    decision: 'granted',
    ...some,
  };
}

export function candidate(some: Partial<Candidate> = {}): Candidate {
  return { id: peerId(), name: 'Ben', online: true, nearby: false, friend: true, invited: false, ...some };
}

/** Looks like a QR code, and is none. */
function qr(): string {
  const dots = Array.from({ length: 41 * 41 }, (_, i) =>
    random(2) ? `M${i % 41} ${Math.floor(i / 41)}h1v1h-1z` : '',
  ).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 49 49" shape-rendering="crispEdges"><rect x="-4" y="-4" width="49" height="49" fill="#fff"/><path d="${dots}"/></svg>`;
}
