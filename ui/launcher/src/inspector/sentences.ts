/** What happened, in plain words. */

import type { FailureReason } from '../../../bindings/core';
import type { Happening } from '../../../bindings/dev';
import { announced, said } from './quote';
import { ahead, delay } from './spans';
import type { Of, Stories, Story } from './stories';

/** A sentence, and what it quotes: that follows it, and has a direction of its own. */
export interface Sentence {
  text: string;
  quote: string;
  /** The quote only helps to recognise what was said before. */
  known: boolean;
}

/** How a happening is to be taken: what went wrong is not to be overlooked. */
export type Tone = 'plain' | 'good' | 'wait' | 'bad';

/** What sentences need to know besides the happening. */
export interface Scene {
  stories: Stories;
  /** The app's name. */
  app: string;
}

export function sentence(happening: Happening, scene: Scene): Sentence {
  const { stories } = scene;
  const peer = who(happening.peer);
  switch (happening.kind) {
    case 'sent':
      return tells(`${peer} sent ${who(happening.to)}`, said(happening));
    case 'received':
      return recalls(`${peer} has it`, from(happening, stories.of(happening)));
    case 'acknowledged':
      return acknowledged(happening, stories.of(happening));
    case 'failed':
      return failed(happening, stories.of(happening));
    case 'taken':
      return taken(happening, stories.of(happening));
    case 'invited':
      return happening.answer
        ? tells(`${peer} answered ${who(happening.to)}’s invitation`)
        : tells(`${peer} invited ${who(happening.to)}`);
    case 'invitation':
      return tells(`${peer} has ${who(happening.from)}’s invitation`);
    case 'answered':
      return tells(`${peer} ${happening.accepted ? 'accepted' : 'declined'} ${who(happening.from)}’s invitation`);
    case 'announced':
      return happening.preview === 'null'
        ? tells(`${peer} took its announcement back`)
        : tells(`${peer} announced`, announced(happening.preview));
    case 'heard':
      return happening.preview === 'null'
        ? tells(`${peer} heard that ${who(happening.from)} took its announcement back`)
        : tells(`${peer} heard what ${who(happening.from)} announced:`, announced(happening.preview));
    case 'connected':
      return tells(`${peer} reaches ${who(happening.to)}`);
    case 'disconnected':
      return tells(`${peer} does not reach ${who(happening.to)} any more`);
    case 'refused':
      return tells(`${happening.call} failed in ${peer}’s window:`, flat(happening.text));
    case 'page':
      return tells(`${scene.app} in ${peer}’s window:`, flat(happening.text));
    case 'started':
      return tells(`${peer} runs`);
    case 'ended':
      return tells(happening.killed ? `${peer} was killed` : `${peer} ended`);
    case 'conditions':
      return tells(`${peer} ${conditions(happening, stories.before(happening))}`);
    case 'link':
      return tells(`Between ${peer} and ${who(happening.to)}: ${link(happening, stories.before(happening))}`);
    case 'lost':
      return tells(`The connection of ${peer} and ${who(happening.to)} was lost, on purpose`);
    case 'introduced':
      return tells(`${peer} and ${who(happening.to)} were introduced`);
    case 'reloaded':
      return tells(`${peer}’s page took up changes:`, happening.files.join(', '));
  }
}

/** The sentence as one text. */
export function inFull({ text, quote, known }: Sentence): string {
  return quote ? `${text}${known ? ' · ' : ' '}${quote}` : text;
}

export function tone(happening: Happening): Tone {
  switch (happening.kind) {
    case 'failed':
    case 'refused':
      return 'bad';
    case 'page':
      return ({ info: 'plain', warning: 'wait', error: 'bad' } as const)[happening.level];
    // By itself, too, when its window is closed; where it was not meant to end, its card says why.
    case 'ended':
    case 'disconnected':
    case 'lost':
      return 'wait';
    case 'received':
    case 'acknowledged':
      return 'good';
    default:
      return 'plain';
  }
}

/** A peer's name; the end of its id, where it is none of the session's. */
export function who(name: string): string {
  return name.length > 32 ? `somebody else (…${name.slice(-6)})` : name;
}

/** Why a message failed, to follow a colon. */
export function because(reason: FailureReason, from: string, to: string): string {
  const reasons: Record<FailureReason, string> = {
    expired: 'its deadline passed',
    'unknown-instance': `${to} has no such instance any more`,
    'not-invited': `${to} has not let ${from} in`,
    blocked: `${to} has blocked ${from}`,
    'too-large': `it is larger than ${to} takes`,
    malformed: `${to} could not make sense of it`,
    forgotten: `it was sent again from a backup, and ${to} no longer knew whether it had it`,
    withdrawn: `${from} took it back`,
  };
  return reasons[reason];
}

const tells = (text: string, quote = ''): Sentence => ({ text, quote, known: false });
const recalls = (text: string, quote: string): Sentence => ({ text, quote, known: true });
const flat = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** `ana’s “hello”`. */
function from(happening: Of<'received'>, story: Story | undefined): string {
  return story?.says ? `${who(happening.from)}’s ${story.says}` : `a message from ${who(happening.from)}`;
}

function acknowledged(happening: Of<'acknowledged'>, story: Story | undefined): Sentence {
  const peer = who(happening.peer);
  if (story?.to === undefined) return tells(`${peer} knows that a message arrived`);
  const to = who(story.to);
  return story.invitation
    ? tells(`${peer} knows that ${to} has the invitation`)
    : recalls(`${peer} knows that ${to} has it`, story.says);
}

function failed(happening: Of<'failed'>, story: Story | undefined): Sentence {
  const peer = who(happening.peer);
  const to = story?.to === undefined ? undefined : who(story.to);
  const what = `${peer}’s ${story?.invitation ? 'invitation' : 'message'}${to === undefined ? '' : ` to ${to}`}`;
  const why = because(happening.reason, peer, to ?? 'the other side');
  const perhaps = happening.outcome === 'unknown' ? ', but it may have arrived' : '';
  return recalls(`${what} failed: ${why}${perhaps}`, story?.says ?? '');
}

function taken(happening: Of<'taken'>, story: Story | undefined): Sentence {
  const peer = who(happening.peer);
  if (!story) return tells(`${peer}’s app took an entry out of its inbox, such as a failure notice`);
  const whose = story.from === undefined ? '' : `${who(story.from)}’s `;
  return recalls(`${peer}’s app took it`, story.says ? whose + story.says : '');
}

/** What is different from before, or all that is not as usual where nothing is known of before. */
function conditions(now: Of<'conditions'>, before: Of<'conditions'> | undefined): string {
  const was = before ?? { offline: false, full: false, ahead: 0 };
  return (
    [
      now.offline !== was.offline && (now.offline ? 'went offline' : 'is no longer offline'),
      now.full !== was.full && (now.full ? 'has a full inbox' : 'has room in its inbox again'),
      now.ahead !== was.ahead &&
        (now.ahead === 0 ? 'has its clock as it is again' : `has its clock ${ahead(now.ahead)}`),
    ]
      .filter(Boolean)
      .join(', ') || 'has the same conditions as before'
  );
}

function link(now: Of<'link'>, before: Of<'link'> | undefined): string {
  const was = before ?? { cut: false, delay: 0 };
  return (
    [
      now.cut !== was.cut && (now.cut ? 'cut' : 'no longer cut'),
      now.delay !== was.delay && (now.delay === 0 ? 'no delay any more' : `a delay of ${delay(now.delay)}`),
    ]
      .filter(Boolean)
      .join(', ') || 'the same as before'
  );
}
