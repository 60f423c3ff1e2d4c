// Peers for tests. testing.d.ts describes it.

import { accessSync, constants, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

import { Peer } from './index.js';

/** How long to wait before asking again; nothing is missed meanwhile. */
const BETWEEN_ASKS = 20;

/**
 * @param {string} name
 * @param {import('./index.d.ts').PeerOptions} [options]
 * @returns {Promise<import('./testing.d.ts').TestPeer>}
 */
export async function startPeer(name, options = {}) {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), `mutiny-${name}-`)));
  const peer = await Peer.start({ profile: name, listen: '/ip4/127.0.0.1/tcp/0', mdns: false, ...options, dataDir });
  await peer.setName(name);
  const close = peer.close.bind(peer);
  return Object.assign(peer, {
    dataDir,
    close: async () => {
      const exit = await close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      return exit;
    },
  });
}

/**
 * @param {import('./index.d.ts').Instance} one
 * @param {import('./index.d.ts').Instance} other
 */
export async function introduce(one, other) {
  if (one.host.id !== other.host.id) await one.host.addContact((await other.host.me()).link);
  await one.invite(other.host.id);
  const invitation = await until('the invitation', async () =>
    (await other.host.invitations()).find(
      ({ from, answer }) => from.peer === one.host.id && from.instance === one.id && answer === 'open',
    ),
  );
  await other.host.accept(invitation, other);
  await until('the answer to the invitation', async () =>
    (await one.invitations()).some(({ peer, instance }) => peer === other.host.id && instance === other.id),
  );
}

/**
 * @template T
 * @param {string} what
 * @param {() => T | null | undefined | false | Promise<T | null | undefined | false>} ask
 * @param {number} [timeout]
 * @returns {Promise<T>}
 */
export async function until(what, ask, timeout = 10_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${timeout} ms in vain for ${what}.`);
    await delay(BETWEEN_ASKS);
  }
}

export function missing() {
  const named = process.env['MUTINY_NODE'];
  if (named) return existsSync(named) ? false : `MUTINY_NODE names ${named}, which is not there`;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.some((folder) => {
    try {
      accessSync(join(folder, 'mutiny-node'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ? false : 'mutiny-node is not on the PATH, and MUTINY_NODE does not name it';
}
