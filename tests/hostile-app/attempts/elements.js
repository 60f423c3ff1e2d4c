// Elements that load something, and say whether they did.

import { broke, held } from '../report.js';

const stage = () => document.getElementById('stage');

/** Makes an element, puts it on the page, and waits until it has loaded or failed. */
export const element = (tag, attributes = {}, { into = stage(), loaded = ['load'], inner = '' } = {}) =>
  new Promise((done) => {
    const it = document.createElement(tag);
    for (const event of loaded) it.addEventListener(event, () => done(broke(event)));
    it.addEventListener('error', () => done(held('error')));
    // Attributes come after the listeners, as they start the loading.
    for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
    it.innerHTML = inner;
    into.append(it);
  });

/** The same for something that never tells: the sink decides. */
export const silent = (tag, attributes, { into = stage(), inner = '' } = {}) => {
  const it = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
  it.innerHTML = inner;
  into.append(it);
  return it;
};

/** A `<link>` in the head. */
export const link = (rel, href, more = {}) => element('link', { rel, href, ...more }, { into: document.head });

/** Style rules for this page. */
export const style = (rules) => silent('style', {}, { into: document.head, inner: rules });
