// The commands of the host's plugin `instance`, as the injected script calls them. The script and the mock are held to these;
// `src-tauri/src/app.rs` carries them out.

import type {
  Address,
  Announcement,
  AppPeer,
  Body,
  Correspondent,
  Entry,
  Introduction,
  JsonValue,
  Person,
  Status,
} from '../bindings/core.ts';

/** A command without arguments. */
type Nothing = Record<never, never>;

/** What each command is given, and answers. */
export interface Commands {
  introduction: { args: Nothing; answer: Introduction };
  watch: { args: { channel: string }; answer: null };
  peers: { args: Nothing; answer: AppPeer[] };
  correspondents: { args: Nothing; answer: Correspondent[] };
  invite: { args: { peer: string | null }; answer: Person | null };
  announce: { args: { value: JsonValue }; answer: null };
  announcements: { args: Nothing; answer: Announcement[] };
  send: { args: { to: Address; body: Body; deadline: number | null }; answer: string };
  status: { args: { id: string }; answer: Status };
  read: { args: Nothing; answer: Entry | null };
  next: { args: { id: string | null }; answer: Entry | null };
  notify: { args: { title: string | null; text: string; order: number }; answer: boolean };
  /** With the name in a header, percent-encoded: bytes travel alone. */
  save: { args: Uint8Array; answer: boolean };
}

/** Whoever carries them out. */
export type Answers = {
  [Name in keyof Commands]: (
    args: Commands[Name]['args'],
    headers: Record<string, string>,
  ) => Commands[Name]['answer'] | Promise<Commands[Name]['answer']>;
};
