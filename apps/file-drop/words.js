// How transfers are told to people.

import { countOf } from './parts.js';

/** @import {Transfer} from './transfers.js' */

const UNITS = ['bytes', 'KB', 'MB', 'GB'];

/** @param {number} bytes */
export const sizeOf = (bytes) => {
  const unit = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const number = bytes / 1000 ** unit;
  return `${number < 10 && unit > 0 ? number.toFixed(1) : Math.round(number)} ${UNITS[unit]}`;
};

/** @param {Transfer} transfer */
export const shareOf = ({ done, size }) => done / countOf(size);

/** @param {Transfer} transfer @param {string} name the other person's @param {boolean} online */
export const stateOf = (transfer, name, online) => {
  const percent = `${Math.floor(shareOf(transfer) * 100)} %`;
  const isOut = transfer.way === 'out';
  switch (transfer.state) {
    case 'offered':
      if (!isOut) return `${name} would like to give you this file`;
      return online ? `Waiting for ${name} to accept` : `Waiting for ${name} to come online`;
    case 'moving':
      if (!online) return `${percent} · goes on when ${name} is online`;
      return isOut ? `Sending to ${name} · ${percent}` : `Receiving from ${name} · ${percent}`;
    case 'paused':
      return `Stopped at ${percent}`;
    case 'done':
      return isOut ? `${name} has it` : `From ${name}`;
    case 'stopped':
      return isOut ? `${name} does not want it` : `${name} took it back`;
  }
};
