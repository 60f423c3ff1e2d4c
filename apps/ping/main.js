// Who am I, whom do I see, and how far away are they?

import { Pings, duration, keyOf, median } from './pings.js';

/** @import {AppPeer, Correspondent} from '@mutiny/app' */

/** Between an answer and the next ping, in milliseconds. */
const PAUSE = 2_000;

/**
 * @typedef {object} Person
 * @property {string} key
 * @property {string} peer
 * @property {string | null} instance
 * @property {string} name
 * @property {boolean} online
 * @property {boolean} asked
 */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {unknown} error */
const complain = (error) => {
  byId('problem').textContent = error instanceof Error ? error.message : String(error);
};

/** The round trips as a line, newest at the right. @param {number[]} times */
const path = (times) => {
  const top = Math.max(...times, 1);
  return times
    .map((ms, i) => `${i === 0 ? 'M' : 'L'}${100 - (times.length - 1 - i) * 3.4},${23 - (ms / top) * 20}`)
    .join('');
};

/** One person of the list. Made once and then kept up to date, so that focus stays where it is. */
class Row {
  element = document.createElement('li');
  #name = document.createElement('bdi');
  #state = document.createElement('p');
  #time = document.createElement('p');
  #drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  #line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  #ask = document.createElement('button');
  #pings;

  /** @param {Pings} pings @param {(peer: string) => Promise<void>} invite @param {string} peer */
  constructor(pings, invite, peer) {
    this.#pings = pings;
    this.#state.className = 'quiet';
    this.#time.className = 'time';
    this.#ask.type = 'button';
    this.#ask.addEventListener('click', () => invite(peer).catch(complain));
    const name = document.createElement('h3');
    name.append(this.#name);
    const who = document.createElement('div');
    who.append(name, this.#state);
    this.#drawing.setAttribute('viewBox', '0 0 100 24');
    this.#drawing.setAttribute('aria-hidden', 'true');
    this.#drawing.append(this.#line);
    this.element.append(who, this.#drawing, this.#time, this.#ask);
  }

  /** @param {Person} person */
  update({ peer, instance, name, online, asked }) {
    this.#name.textContent = name;
    this.element.classList.toggle('online', online);
    this.#ask.hidden = asked;
    this.#ask.textContent = `Ask ${name} to connect`;
    const address = instance === null ? null : { peer, instance };
    const times = address ? this.#pings.track(address).times : [];
    const usual = median(times);
    this.#time.textContent = usual === undefined ? '' : duration(/** @type {number} */ (times.at(-1)));
    this.#time.hidden = usual === undefined;
    this.#drawing.toggleAttribute('hidden', times.length < 2);
    this.#line.setAttribute('d', path(times));

    let state = online ? 'Online' : 'Offline';
    if (asked && !address) state = `Waiting for ${name} to accept`;
    else if (address && this.#pings.isLate(address))
      state = online ? `Waiting for ${name} to open Ping` : `Waiting for ${name} to come online`;
    else if (address)
      state = this.#pings.track(address).problem ?? (usual === undefined ? state : `Usually ${duration(usual)}`);
    this.#state.textContent = state;
  }
}

const run = async () => {
  const pings = new Pings(mutiny);
  /** @type {Person[]} */
  let people = [];
  /** @type {Map<string, Row>} */
  const rows = new Map();

  const invite = async (/** @type {string} */ peer) => {
    await mutiny.invite(peer);
    await refresh();
  };

  const draw = () => {
    byId('nobody').hidden = people.length > 0;
    for (const [key, row] of rows) {
      if (people.some((person) => person.key === key)) continue;
      row.element.remove();
      rows.delete(key);
    }
    people.forEach((person, place) => {
      const row = rows.get(person.key) ?? new Row(pings, invite, person.peer);
      rows.set(person.key, row);
      row.update(person);
      const list = byId('people');
      if (list.children[place] !== row.element) list.insertBefore(row.element, list.children[place] ?? null);
    });
  };

  /** Everybody the host knows, if the person lets this app see them. @type {AppPeer[]} */
  let seen = [];
  /** @type {Correspondent[]} */
  let correspondents = [];

  const arrange = () => {
    const place = (/** @type {Correspondent} */ { peer, instance }) =>
      instance === null ? peer : keyOf({ peer, instance });
    people = [
      ...correspondents.map((other) => ({ ...other, key: place(other), asked: true })),
      ...seen
        .filter(({ id }) => !correspondents.some(({ peer }) => peer === id))
        .map(({ id, name, online }) => ({ key: id, peer: id, instance: null, name, online, asked: false })),
    ];
    draw();
  };

  const refresh = async () => {
    correspondents = await mutiny.invitations();
    arrange();
    try {
      seen = await mutiny.peers();
      byId('choose').hidden = true;
    } catch (error) {
      // Without the list, the person chooses in a window of the host's own.
      if (Object(error).code !== 'PermissionDenied') throw error;
      seen = [];
      byId('choose').hidden = false;
    }
    arrange();
  };

  byId('choose').addEventListener('click', () => {
    const ignoringBusy = (/** @type {unknown} */ error) => {
      if (Object(error).code !== 'Busy') complain(error);
    };
    mutiny.invite().then(refresh).catch(ignoringBusy);
  });

  const pingAll = () => {
    if (document.visibilityState === 'visible') {
      for (const { peer, instance, online } of people)
        if (instance !== null && online) void pings.ping({ peer, instance });
    }
    draw();
  };

  const [{ name }, { peer, instance, app }] = await Promise.all([mutiny.peer, mutiny.instance]);
  byId('me').textContent = name;
  byId('peer').textContent = peer;
  byId('instance').textContent = instance;
  byId('app').textContent = `${app.name} ${app.version}`;

  mutiny.on('peer', () => refresh().catch(complain));
  mutiny.on('invitation', () => refresh().catch(complain));
  pings.addEventListener('change', draw);
  await refresh();
  pingAll();
  setInterval(pingAll, PAUSE);
  await pings.receive();
};

if ('mutiny' in window) run().catch(complain);
else complain('This page is an app for Mutiny. Open its folder with Mutiny.');
