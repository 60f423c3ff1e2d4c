// Generated from crates/mutiny-dev/src/view.rs. Do not edit; run `make types`.

import type { App, FailureReason, Invitation, Level, Outcome, Queues } from "./core";

/** A session of `mutiny dev`: an app, and the peers that run it. */
export type Session = {
    /** The app's folder. */
    folder: string,
    /** The app, as the peers read it; `null` while none of them runs. */
    app: App | null,
    /** The peers, in the order in which they were started. */
    peers: Array<Peer>,
    /** The links between them: each pair once. */
    links: Array<Link>,
    /** Peers were introduced to one another, and accept each other's invitations by themselves. */
    introduced: boolean,
    /** How many happenings were forgotten, because there were too many. A session of which something was forgotten
     * cannot be saved. */
    forgotten: number,
};

/** A peer of the session. */
export type Peer = {
    /** What it is called: `ana`, `ben`, …. */
    name: string,
    /** Its peer id; empty until it runs for the first time. */
    id: string,
    /** Its instance of the app, likewise. */
    instance: string | null,
    /** How it is. */
    state: PeerState,
    /** Why it does not run, where that was not asked for. */
    problem: string | null,
    /** It reaches nobody, and nobody reaches it. */
    offline: boolean,
    /** Its inbox is full: what is sent to it waits at its senders. */
    full: boolean,
    /** How far its calendar is ahead, in milliseconds. */
    ahead: number,
    /** Its queues; `null` while it does not run. */
    queues: Queues | null,
    /** Invitations that wait for an answer. There are none where peers accept by themselves. */
    invitations: Array<Invitation>,
    /** It has a window, which can be shown. */
    window: boolean,
};

/** How a peer is. */
export type PeerState = "starting" | "running" | "ended";

/** The link between two peers. */
export type Link = {
    /** One of them, by name: the one that was started first. */
    from: string,
    /** The other. */
    to: string,
    /** There is no way between the two. */
    cut: boolean,
    /** How much later all that they say to each other arrives, each way, in milliseconds. */
    delay: number,
    /** They are connected. */
    connected: boolean,
    /** They were introduced: each has the other's contact link. */
    introduced: boolean,
};

/** Something that happened in the session. */
export type Happening = {
    /** Its number: rising, from 1. */
    number: number,
    /** When. */
    at: number,
    /** The peer at which it happened, by name. For [`Event::Link`], one of the two. */
    peer: string, } & ({ "kind": "sent",
    /** Its id. */
    message: string,
    /** Whom it is for. */
    to: string,
    /** The beginning of what it says, as text. The whole is asked for by the happening's number. */
    preview: string,
    /** How long that is, in bytes of its JSON text, or of its bytes. */
    size: number,
    /** It is bytes, and no JSON value; the preview is hexadecimal. */
    bytes: boolean, } | { "kind": "received",
    /** Its id. */
    message: string,
    /** Who sent it. */
    from: string, } | { "kind": "acknowledged",
    /** Its id. */
    message: string, } | { "kind": "failed",
    /** Its id. */
    message: string,
    /** Why. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome, } | { "kind": "taken",
    /** The entry's id. */
    entry: string, } | { "kind": "invited",
    /** The id of the message that carries it. */
    message: string,
    /** Whom. */
    to: string,
    /** It is the answer to theirs, which was accepted. */
    answer: boolean, } | { "kind": "invitation",
    /** The id of the message that carried it. */
    message: string,
    /** Who invites. */
    from: string, } | { "kind": "announced",
    /** The beginning of what, as JSON text; `null` withdraws it. */
    preview: string, } | { "kind": "heard",
    /** Whose. */
    from: string,
    /** The beginning of what, as JSON text; `null` withdraws it. */
    preview: string, } | { "kind": "connected",
    /** Which. */
    to: string, } | { "kind": "disconnected",
    /** Which. */
    to: string, } | { "kind": "refused",
    /** The call's name: `send`, `invite`, …. */
    call: string,
    /** The error's code. */
    code: string,
    /** The error's sentence. */
    text: string, } | { "kind": "page",
    /** How serious it is. */
    level: Level,
    /** What it says. */
    text: string, } | { "kind": "started", } | { "kind": "ended",
    /** It was killed on purpose. */
    killed: boolean, } | { "kind": "answered",
    /** Who had invited. */
    from: string,
    /** Accepted, not declined. */
    accepted: boolean, } | { "kind": "conditions",
    /** It reaches nobody, and nobody reaches it. */
    offline: boolean,
    /** Its inbox is full. */
    full: boolean,
    /** How far its calendar is ahead, in milliseconds. */
    ahead: number, } | { "kind": "link",
    /** The other peer. */
    to: string,
    /** There is no way between the two. */
    cut: boolean,
    /** How much later all that they say to each other arrives, in milliseconds. */
    delay: number, } | { "kind": "lost",
    /** The other peer. */
    to: string, } | { "kind": "introduced",
    /** The other peer. */
    to: string, } | { "kind": "reloaded",
    /** The files, from the app's folder. */
    files: Array<string>, });

/** What can happen. Peers are named by their names; one that is not of the session, by its id. */
export type Event = { "kind": "sent",
    /** Its id. */
    message: string,
    /** Whom it is for. */
    to: string,
    /** The beginning of what it says, as text. The whole is asked for by the happening's number. */
    preview: string,
    /** How long that is, in bytes of its JSON text, or of its bytes. */
    size: number,
    /** It is bytes, and no JSON value; the preview is hexadecimal. */
    bytes: boolean, } | { "kind": "received",
    /** Its id. */
    message: string,
    /** Who sent it. */
    from: string, } | { "kind": "acknowledged",
    /** Its id. */
    message: string, } | { "kind": "failed",
    /** Its id. */
    message: string,
    /** Why. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome, } | { "kind": "taken",
    /** The entry's id. */
    entry: string, } | { "kind": "invited",
    /** The id of the message that carries it. */
    message: string,
    /** Whom. */
    to: string,
    /** It is the answer to theirs, which was accepted. */
    answer: boolean, } | { "kind": "invitation",
    /** The id of the message that carried it. */
    message: string,
    /** Who invites. */
    from: string, } | { "kind": "announced",
    /** The beginning of what, as JSON text; `null` withdraws it. */
    preview: string, } | { "kind": "heard",
    /** Whose. */
    from: string,
    /** The beginning of what, as JSON text; `null` withdraws it. */
    preview: string, } | { "kind": "connected",
    /** Which. */
    to: string, } | { "kind": "disconnected",
    /** Which. */
    to: string, } | { "kind": "refused",
    /** The call's name: `send`, `invite`, …. */
    call: string,
    /** The error's code. */
    code: string,
    /** The error's sentence. */
    text: string, } | { "kind": "page",
    /** How serious it is. */
    level: Level,
    /** What it says. */
    text: string, } | { "kind": "started", } | { "kind": "ended",
    /** It was killed on purpose. */
    killed: boolean, } | { "kind": "answered",
    /** Who had invited. */
    from: string,
    /** Accepted, not declined. */
    accepted: boolean, } | { "kind": "conditions",
    /** It reaches nobody, and nobody reaches it. */
    offline: boolean,
    /** Its inbox is full. */
    full: boolean,
    /** How far its calendar is ahead, in milliseconds. */
    ahead: number, } | { "kind": "link",
    /** The other peer. */
    to: string,
    /** There is no way between the two. */
    cut: boolean,
    /** How much later all that they say to each other arrives, in milliseconds. */
    delay: number, } | { "kind": "lost",
    /** The other peer. */
    to: string, } | { "kind": "introduced",
    /** The other peer. */
    to: string, } | { "kind": "reloaded",
    /** The files, from the app's folder. */
    files: Array<string>, };

/** The whole of what a happening's message or announcement says. */
export type Payload = {
    /** As text: JSON, indented; or bytes as lines of hexadecimal, with what is printable beside. */
    text: string,
    /** The text is not the whole: that would be too long to show. */
    cut: boolean,
};

/** What the inspector is woken for: it then asks for what it shows. */
export type Topic = "session" | "timeline";
