/** Which happenings are shown. */

import type { Happening } from '../../../bindings/dev';
import { inFull, sentence, type Scene } from './sentences';
import { messageOf } from './stories';

/** A kind of happening, as one looks for it. */
export type Kind = 'messages' | 'invitations' | 'announcements' | 'connections' | 'pages' | 'switches';

export const KINDS: readonly { kind: Kind; name: string }[] = [
  { kind: 'messages', name: 'Messages' },
  { kind: 'invitations', name: 'Invitations' },
  { kind: 'announcements', name: 'Announcements' },
  { kind: 'connections', name: 'Connections' },
  { kind: 'pages', name: 'Pages and errors' },
  { kind: 'switches', name: 'Switches' },
];

export interface Filter {
  /** The peer at which it happened; empty for all. */
  peer: string;
  /** Any of these kinds; none of them is all. */
  kinds: readonly Kind[];
  /** Words that its sentence, its ids or its fields hold. */
  text: string;
}

export const EVERYTHING: Filter = { peer: '', kinds: [], text: '' };

/** Whether a filter leaves anything out. */
export function filters({ peer, kinds, text }: Filter): boolean {
  return peer !== '' || kinds.length > 0 || text.trim() !== '';
}

export function kindOf(happening: Happening, { stories }: Scene): Kind {
  switch (happening.kind) {
    case 'sent':
    case 'received':
    case 'taken':
      return 'messages';
    case 'acknowledged':
    case 'failed':
      return stories.of(happening)?.invitation ? 'invitations' : 'messages';
    case 'invited':
    case 'invitation':
    case 'answered':
      return 'invitations';
    case 'announced':
    case 'heard':
      return 'announcements';
    case 'connected':
    case 'disconnected':
    case 'lost':
    case 'introduced':
      return 'connections';
    case 'refused':
    case 'page':
    case 'reloaded':
      return 'pages';
    case 'started':
    case 'ended':
    case 'conditions':
    case 'link':
      return 'switches';
  }
}

/** A test for many happenings: what does not depend on one is done once. */
export function passing({ peer, kinds, text }: Filter, scene: Scene): (happening: Happening) => boolean {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return (happening) =>
    (peer === '' || concerns(happening, peer)) &&
    (kinds.length === 0 || kinds.includes(kindOf(happening, scene))) &&
    (words.length === 0 || holds(happening, words, scene));
}

/** It happened at the peer, or to a link that it is one end of. */
function concerns(happening: Happening, peer: string): boolean {
  if (happening.peer === peer) return true;
  return ['link', 'lost', 'introduced'].includes(happening.kind) && 'to' in happening && happening.to === peer;
}

function holds(happening: Happening, words: string[], scene: Scene): boolean {
  const code = 'code' in happening ? happening.code : 'reason' in happening ? happening.reason : '';
  const text = `${inFull(sentence(happening, scene))} ${messageOf(happening) ?? ''} ${code}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}
