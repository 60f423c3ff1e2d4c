/** All that a happening says, field by field: for its details. */

import type { Happening, Session } from '../../../bindings/dev';
import { counted } from '../words';
import { ahead, clock, lasting } from './spans';
import { messageOf, type Story } from './stories';

export interface Fact {
  name: string;
  value: string;
}

export function facts(happening: Happening, story: Story | undefined, session: Session | undefined): Fact[] {
  const id = (name: string) => session?.peers.find((peer) => peer.name === name)?.id || name;
  const found: Fact[] = [
    { name: 'Number', value: String(happening.number) },
    { name: 'Kind', value: happening.kind },
    { name: 'Time', value: `${day(happening.at)} ${clock(happening.at)}` },
    { name: 'Peer', value: named(happening.peer, id) },
  ];
  const message = messageOf(happening);
  if (message !== undefined) found.push({ name: happening.kind === 'taken' ? 'Entry' : 'Message', value: message });
  for (const [field, value] of Object.entries(happening)) {
    if (COMMON.has(field)) continue;
    found.push({ name: NAMES[field] ?? field, value: shown(field, value, id) });
  }
  if (story?.from !== undefined && !('from' in happening)) {
    found.push({ name: 'From', value: named(story.from, id) });
  }
  if (story?.to !== undefined && !('to' in happening)) found.push({ name: 'To', value: named(story.to, id) });
  return found;
}

/** Told before all others, or, as the beginning of a payload, told as a whole. */
const COMMON = new Set(['number', 'kind', 'at', 'peer', 'message', 'entry', 'preview']);

const NAMES: Record<string, string> = {
  to: 'To',
  from: 'From',
  size: 'Size',
  bytes: 'Type',
  reason: 'Reason',
  outcome: 'Outcome',
  answer: 'An answer',
  call: 'Call',
  code: 'Code',
  text: 'Text',
  level: 'Level',
  killed: 'On purpose',
  accepted: 'Accepted',
  offline: 'Offline',
  full: 'Inbox full',
  ahead: 'Clock',
  cut: 'Cut',
  delay: 'Delay',
  files: 'Files',
};

function shown(field: string, value: unknown, id: (name: string) => string): string {
  if (field === 'to' || field === 'from') return named(String(value), id);
  if (field === 'bytes') return value ? 'bytes' : 'JSON';
  if (field === 'size') return counted(Number(value), 'byte');
  if (field === 'ahead') return ahead(Number(value));
  if (field === 'delay') return lasting(Number(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

/** The name and below it the id; the id alone, where that is all that is known. */
function named(name: string, id: (name: string) => string): string {
  const full = id(name);
  return full === name ? name : `${name}\n${full}`;
}

function day(at: number): string {
  const date = new Date(at);
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
