#!/usr/bin/env node
// A bot that says back what it is told. It is a peer like every other, without a window.

import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { MutinyError, Peer } from '@mutiny/node';

const HELP = `Says back what it is told, to whoever invites it.

Usage: node bot.mjs [options]

  --profile NAME      the bot's identity; echo-bot unless told otherwise
  --data-dir DIR      where profiles are kept, instead of the usual place
  --name NAME         what others see; Echo bot unless told otherwise
  --listen MULTIADDR  listen on this address only; may be given several times
  --no-mdns           neither look for others on the local network nor be found there
  --help              this text

MUTINY_NODE names the program mutiny-node, where that is not on the PATH.

Examples:
  node bot.mjs --data-dir ./data
  node bot.mjs --listen /ip4/0.0.0.0/tcp/4001`;

/** What passes by itself, and is tried again after this many milliseconds. */
const PASSING = new Set(['QuotaExceeded', 'Storage', 'Io']);
const BETWEEN_TRIES = 5000;

/** @returns {import('@mutiny/node').PeerOptions & { name: string } | null} */
function read() {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string', default: 'echo-bot' },
      'data-dir': { type: 'string' },
      name: { type: 'string', default: 'Echo bot' },
      listen: { type: 'string', multiple: true, default: [] },
      'no-mdns': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { profile, name, listen } = values;
  const dataDir = values['data-dir'];
  return { profile, name, listen, mdns: !values['no-mdns'], ...(dataDir === undefined ? {} : { dataDir }) };
}

/**
 * Accepts every invitation to its app.
 * @param {Peer} peer
 * @param {import('@mutiny/node').Instance} echo
 */
async function accept(peer, echo) {
  for (const invitation of await peer.invitations()) {
    if (invitation.answer !== 'open' || !invitation.candidates.includes(echo.id)) continue;
    await peer.accept(invitation, echo);
    console.log(`Accepted the invitation of ${invitation.fromName}.`);
  }
}

/**
 * Answers a message. It resolves when the answer is safely stored, however far away the other side is.
 * @param {import('@mutiny/node').Instance} echo
 * @param {import('@mutiny/node').Message} message
 */
async function answer(echo, { from, data }) {
  // Two bots that met would never stop.
  if (data !== null && typeof data === 'object' && 'echo' in data) return;
  for (;;) {
    try {
      await echo.send(from, { echo: data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data });
      return;
    } catch (error) {
      if (!(error instanceof MutinyError)) throw error;
      if (['Closed', 'Ended', 'Timeout'].includes(error.code)) throw error;
      console.error(`No answer to ${from.peer}: ${error.message}`);
      if (!PASSING.has(error.code)) return;
      await delay(BETWEEN_TRIES);
    }
  }
}

/** @param {NonNullable<ReturnType<typeof read>>} options */
async function run({ name, ...options }) {
  const peer = await Peer.start(options);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => void peer.close());
  await peer.setName(name);
  const echo = await peer.open(new URL('./app', import.meta.url));

  // One after another, so that none is accepted twice.
  let accepting = Promise.resolve();
  const look = () => {
    accepting = accepting
      .then(() => accept(peer, echo))
      .catch((error) => {
        if (error.code !== 'Closed') console.error(`An invitation could not be accepted: ${error.message}`);
      });
  };
  peer.on('changed', ({ topic }) => topic === 'invitations' && look());
  peer.on('missed', look);
  look();
  console.log(`${name} is here. Its contact link:\n${(await peer.me()).link}`);

  for await (const entry of echo) {
    if (entry.kind === 'message') await answer(echo, entry);
    else console.error(`An answer to ${entry.to.peer} was not delivered: ${entry.reason}.`);
  }
}

/** `EX_USAGE` of `sysexits.h`: a command line that makes no sense. */
const USAGE = 64;

let options;
try {
  options = read();
} catch (error) {
  console.error(`echo-bot: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exit(USAGE);
}
if (options === null) {
  console.log(HELP);
} else {
  try {
    await run(options);
  } catch (error) {
    console.error(`echo-bot: ${error instanceof Error ? error.message : error}`);
    process.exitCode = (error instanceof MutinyError && error.exitCode) || 1;
  }
}
