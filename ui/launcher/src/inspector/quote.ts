/** What a message says, in so many words as fit on a line. */

import type { Body } from '../../../bindings/core';
import { size as sized } from '../words';

const LONGEST = 120;

/** The host's previews of announcements are cut off here, in characters. */
const PREVIEW = 120;

/** What a message says, of which the host told the beginning. */
export function said({ preview, size, bytes }: { preview: string; size: number; bytes: boolean }): string {
  if (!bytes) return json(preview, new TextEncoder().encode(preview).length < size);
  if (size === 0) return 'no bytes';
  return `${sized(size)}: ${preview}${(preview.length + 1) / 3 < size ? ' …' : ''}`;
}

/** What is announced, of which the host told the beginning. */
export function announced(preview: string): string {
  return json(preview, [...preview].length >= PREVIEW);
}

/** What a message in a queue says. */
export function gist(body: Body): string {
  if (body.type === 'bytes') return sized(length(body.value));
  const text = JSON.stringify(body.value);
  const start = [...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join('');
  return json(start, start.length < text.length);
}

/** How many bytes a base64 text stands for. */
function length(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** A string between quotation marks, as a person writes it; anything else as JSON. */
function json(text: string, cut: boolean): string {
  if (!text.startsWith('"')) return line(text) + (cut ? '…' : '');
  const plain = cut ? opened(text) : parsed(text);
  return plain === undefined ? line(text) + (cut ? '…' : '') : `“${line(plain)}${cut ? '…' : ''}”`;
}

function parsed(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The beginning of a string literal. It may have been cut within an escape, of which the longest has six characters. */
function opened(text: string): string | undefined {
  for (let less = 0; less < 6; less += 1) {
    const plain = parsed(`${text.slice(0, text.length - less)}"`);
    if (plain !== undefined) return plain;
  }
  return undefined;
}

const line = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
